import { readFileSync } from 'node:fs';
import * as z from 'zod';

const DRAFT_7 = 'http://json-schema.org/draft-07/schema#';

/** A JSON Schema, as far as results.schema.json uses it. */
export type Node = {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: boolean | Node | undefined;
  readonly items?: Node | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly oneOf?: readonly Node[] | undefined;
  readonly allOf?: readonly Node[] | undefined;
};

const nodeSchema: z.ZodType<Node> = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), nodeSchema]).optional();
  },
  get items() {
    return nodeSchema.optional();
  },
  get anyOf() {
    return z.array(nodeSchema).optional();
  },
  get oneOf() {
    return z.array(nodeSchema).optional();
  },
  get allOf() {
    return z.array(nodeSchema).optional();
  },
});

const publishedSchema = z.looseObject({ definitions: z.record(z.string(), nodeSchema) });

/** The definitions of a results.schema.json. */
export type Definitions = Readonly<Record<string, Node>>;

export function definitionsIn(text: string): Definitions {
  return publishedSchema.parse(JSON.parse(text)).definitions;
}

export const PUBLISHED: Definitions = definitionsIn(readFileSync('results.schema.json', 'utf8'));

/** What contradicts the definition, as `path: message`; empty where the value is valid. */
export function contradictions(value: unknown, kind: string, definitions: Definitions = PUBLISHED): string[] {
  const text = JSON.stringify({ $schema: DRAFT_7, $ref: `#/definitions/${kind}`, definitions });
  const { error } = z.fromJSONSchema(JSON.parse(text)).safeParse(value);
  return error === undefined ? [] : error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
