import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import * as z from 'zod';
import { blocks, section } from './docs/_documents.ts';

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const stepsSchema = z.looseObject({ steps: z.array(stepSchema) });
const workflowSchema = z.looseObject({ permissions: z.unknown(), jobs: z.record(z.string(), stepsSchema) });
const actionSchema = z.looseObject({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  runs: stepsSchema,
});

const FOLDER = '.github/workflows';
const workflows = readdirSync(FOLDER).map((name) => {
  const { permissions, jobs } = workflowSchema.parse(parse(readFileSync(`${FOLDER}/${name}`, 'utf8')));
  return { name, permissions, steps: Object.values(jobs).flatMap(({ steps }) => steps) };
});
const action = actionSchema.parse(parse(readFileSync('action.yml', 'utf8')));
const all = [...workflows, { name: 'action.yml', steps: action.runs.steps }];

for (const { name, steps } of all) {
  test(`${name}: passes values to scripts in the environment, never as script text`, (t) => {
    for (const { run = '' } of steps) t.false(run.includes('${{'), run);
  });
}

test('one version of each action is used everywhere', (t) => {
  const uses = new Set(all.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? [])));
  const names = [...uses].map((text) => text.split('@')[0]);
  t.deepEqual(names, [...new Set(names)]);
  for (const text of uses) t.regex(text, /^actions\/[\w-]+@v\d+$/);
});

for (const { name, permissions } of workflows) {
  test(`${name} may only read unless a job says more`, (t) => {
    t.deepEqual(permissions, { contents: 'read' });
  });
}

test('docs/ci.md explains every input with its default, and its examples use no others', (t) => {
  const defaults = Object.entries(action.inputs).map(([name, { default: value }]) => [name, value]);
  const rows = section('docs/ci.md', '## GitHub').matchAll(/^\| `(\w+)` \| .* \| (.*) \|$/gm);
  const words: Readonly<Record<string, string>> = { none: '', 'the code of the action itself': '' };
  const explained = [...rows].map(([, name, value = '']) => [name, words[value] ?? value.replaceAll('`', '')]);
  t.deepEqual(explained, defaults);
  const [example = ''] = blocks('docs/ci.md', 'yml');
  const [, given = ''] = /with:\n([\s\S]*?)\n {8}env:/.exec(example) ?? [];
  const names = [...given.matchAll(/^ +(\w+):/gm)].map(([, name = '']) => name);
  t.true(names.length > 1);
  for (const name of names) t.true(name in action.inputs, name);
});

test('a release needs the tests, and alone may write and sign', (t) => {
  const { jobs } = z
    .object({
      jobs: z.record(z.string(), z.looseObject({ needs: z.string().optional(), permissions: z.unknown().optional() })),
    })
    .parse(parse(readFileSync(`${FOLDER}/release.yml`, 'utf8')));
  t.is(jobs.publish?.needs, 'test');
  t.deepEqual(jobs.publish?.permissions, { contents: 'write', 'id-token': 'write' });
  t.is(jobs.test?.permissions, undefined);
});

test('action.yml uses every input', (t) => {
  const text = JSON.stringify(action.runs);
  for (const input of Object.keys(action.inputs)) t.true(text.includes(`inputs.${input}`), input);
});
