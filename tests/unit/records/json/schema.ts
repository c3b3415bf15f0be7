import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import * as z from 'zod';
import { InputError } from '../../../../base/errors.ts';
import { renderResultsSchema } from '../../../../records/json/schema.ts';
import { failureJson } from '../../../../records/results.ts';
import { contradictions, definitionsIn, PUBLISHED } from './_published.ts';
import { lostLines, shapeOf } from './_shape.ts';

const SAMPLES = 'tests/unit/records/samples';
const SHAPE = `${SAMPLES}/v1-shape.txt`;
const NOW = shapeOf(PUBLISHED);
const V1 = readFileSync(SHAPE, 'utf8')
  .split('\n')
  .filter((line) => line !== '');

test('results.schema.json is up to date (npm run schema)', (t) => {
  t.is(readFileSync('results.schema.json', 'utf8'), renderResultsSchema());
});

test('what version 1 promised stays: no property is removed, retyped or made optional', (t) => {
  t.deepEqual(lostLines(V1, NOW), []);
});

test(`${SHAPE} lists every property, so that a new one stays too`, (t) => {
  t.deepEqual(lostLines(NOW, V1), [], `add these lines to ${SHAPE}`);
});

/** [what changes in the published schema; text of it; text in its place; the line that readers miss] */
const BREAKING: readonly (readonly [name: string, from: RegExp, to: string, lost: string])[] = [
  ['a removed property', /"claim": \{[^}]*\},/, '', 'check.claim: string'],
  ['a retyped property', /("durationMs": \{\s*"type": )"number"/, '$1"string"', 'results.runs[].durationMs: number'],
  ['a property that may now be absent', /"verdict",\s*(?="expected")/, '', 'check.verdict: "pass"'],
  ['a word that no longer occurs', /"failed",\s*(?="skipped")/, '', 'up.hosts[].state: "failed"'],
];

for (const [name, from, to, lost] of BREAKING) {
  test(`notices ${name}`, (t) => {
    const text = readFileSync('results.schema.json', 'utf8');
    const broken = text.replace(from, to);
    t.not(broken, text);
    t.true(lostLines(V1, shapeOf(definitionsIn(broken))).includes(lost));
  });
}

test('a property that is always there now is no loss', (t) => {
  t.deepEqual(lostLines(['a.b?: string'], ['a.b: string']), []);
  t.deepEqual(lostLines(['a.b: string'], ['a.b?: string']), ['a.b: string']);
});

/** The sample of each kind, as version 1 printed it, shortened. */
const samples = readdirSync(SAMPLES).filter((name) => name.endsWith('.json'));
const sampleOf = (name: string): unknown => JSON.parse(readFileSync(`${SAMPLES}/${name}`, 'utf8'));
/** `v1-results-repeat.json` is a sample of `results`. */
const kindOf = (name: string) => /^v1-([a-z]+)/.exec(name)?.[1] ?? '';

test('there is a sample of each kind', (t) => {
  t.deepEqual([...new Set(samples.map(kindOf))].sort(), Object.keys(PUBLISHED).filter(isPrinted).sort());
});

/** The other definitions are parts of these. */
function isPrinted(kind: string): boolean {
  return !['counts', 'check', 'environment'].includes(kind);
}

for (const name of samples) {
  test(`${name} agrees with the published schema, and without its first property it does not`, (t) => {
    const sample = z.record(z.string(), z.unknown()).parse(sampleOf(name));
    t.deepEqual(contradictions(sample, kindOf(name)), []);
    const [[first = ''] = []] = Object.entries(sample);
    t.not(contradictions({ ...sample, [first]: undefined }, kindOf(name)).length, 0);
  });
}

test('a property that the schema does not know is no mistake', (t) => {
  t.deepEqual(contradictions({ ...failureJson(new InputError(['x'])), later: 1 }, 'failure'), []);
});
