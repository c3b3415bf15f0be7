import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import { renderJsonSchema } from '../../../lab-file/json-schema.ts';

type Node = {
  readonly description?: string | undefined;
  readonly pattern?: string | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly additionalProperties?: boolean | Node | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly enum?: readonly (string | number)[] | undefined;
  readonly required?: readonly string[] | undefined;
};

const nodeSchema: z.ZodType<Node> = z.object({
  description: z.string().optional(),
  pattern: z.string().optional(),
  required: z.array(z.string()).optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), nodeSchema]).optional();
  },
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
});

const root = nodeSchema.parse(JSON.parse(renderJsonSchema()));

function below(node: Node, key: string): Node | undefined {
  const { properties, additionalProperties } = node;
  return properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

function* paths(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value)) yield* paths(inner, [...path, key]);
}

test('lab.schema.json is up to date (npm run schema)', (t) => {
  t.is(readFileSync('lab.schema.json', 'utf8'), renderJsonSchema());
});

test('describes every key of the default lab file', (t) => {
  for (const path of paths(parse(readFileSync('lab.yaml', 'utf8')))) {
    const found = path.reduce<Node | undefined>((node, key) => node && below(node, key), root);
    t.truthy(found?.description, path.join('.'));
  }
});

test('describes every key', (t) => {
  const described = (node: Node, path: string): void => {
    for (const [key, inner] of Object.entries(node.properties ?? {})) {
      t.truthy(inner.description, `${path}.${key}`);
      described(inner, `${path}.${key}`);
    }
    if (typeof node.additionalProperties === 'object') described(node.additionalProperties, `${path}.*`);
    for (const inner of node.anyOf ?? []) described(inner, path);
  };
  described(root, 'lab');
});

test('makes keys with a default optional', (t) => {
  t.deepEqual(root.required, ['name', 'users']);
});

test('completes hosts as words and checks them as URLs', (t) => {
  const forms = root.properties?.broker?.properties?.host?.anyOf ?? [];
  t.deepEqual(
    forms.flatMap((form) => form.enum ?? []),
    ['local', 'container', 'external'],
  );
  const pattern = new RegExp(forms.find((form) => form.pattern !== undefined)?.pattern ?? '$^', 'u');
  for (const good of [
    'ssh://pi@raspberrypi.local',
    'ssh://kitchen',
    'ssh://kitchen:23',
    'ssh://root@10.0.0.1:2222',
    'ssh://me@[fe80::1]:22',
  ]) {
    t.regex(good, pattern);
  }
  for (const bad of ['ssh://', 'ssh://@h', 'ssh://pi:x@h', 'ssh://pi@h/path', 'pi@h', 'locl']) t.notRegex(bad, pattern);
});
