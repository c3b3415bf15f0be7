import test from 'ava';
import { declarations, type JsonSchema } from '../../../../scripts/package/declarations.ts';

const CASES: readonly (readonly [JsonSchema, string])[] = [
  [{ type: 'integer' }, 'number'],
  [{ type: ['string', 'number'] }, 'string | number'],
  [{ enum: ['all', 'loopback'], type: 'string' }, '"all" | "loopback"'],
  [{ const: 12, type: 'number' }, '12'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } }, 'Array<string | number>'],
  [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{\n  [name: string]: boolean;\n}'],
  [{ type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
  [{ description: 'Anything.' }, 'unknown'],
  [{ allOf: [{ $ref: '#/definitions/counts' }] }, 'Counts'],
];

for (const [schema, type] of CASES) {
  test(`${JSON.stringify(schema)} is ${type.replaceAll('\n', ' ')}`, (t) => {
    t.true(declarations(schema, 'Thing').endsWith(`export type Thing = ${type};\n`));
  });
}

test('a property has its description, and a question mark where it may be absent', (t) => {
  const schema = {
    type: 'object',
    properties: { port: { type: 'number', description: 'TCP port.' }, 'x-y': { type: 'string' } },
    required: ['port'],
  };
  t.is(
    declarations(schema, 'Listener'),
    'export type Listener = {\n  /** TCP port. */\n  port: number;\n  "x-y"?: string;\n};\n',
  );
});

test('each definition is a type of its own', (t) => {
  const schema = {
    anyOf: [{ $ref: '#/definitions/known-deviation' }],
    definitions: { 'known-deviation': { type: 'string' } },
  };
  t.is(
    declarations(schema, 'Output'),
    'export type Output = KnownDeviation;\n\nexport type KnownDeviation = string;\n',
  );
});
