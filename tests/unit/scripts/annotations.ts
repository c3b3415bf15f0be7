import { readFileSync } from 'node:fs';
import test from 'ava';
import { InputError, LabError } from '../../../base/errors.ts';
import { failureJson } from '../../../records/results.ts';
import { annotations } from '../../../scripts/annotations.js';
import { recordOf, resultsOf } from '../report/page/_results.ts';

const LAB = readFileSync('lab.yaml', 'utf8');
const lineOf = (key: string) => LAB.split('\n').findIndex((line) => line.includes(`${key}:`)) + 1;
const at = { file: 'my lab.yaml', labText: LAB };

const failed = (id: 'acl.a' | 'acl.b' | 'will.c', more: object = {}) =>
  recordOf(id, { verdict: 'fail', claim: 'the claim', reason: 'no message within 2 s', ...more });

test('an annotation for a failed check: title, claim, reason, values and advice', (t) => {
  const subject = { kind: 'right', user: 'sam', topic: 'status', right: 'publish' } as const;
  const check = failed('acl.a', { subject, expected: { a: 1 }, observed: 'b', advice: './lab up' });
  t.deepEqual(annotations(resultsOf([check, recordOf('auth.x')]), at), [
    `::error file=my lab.yaml,line=${lineOf('status')},title=mqtt-lab%3A acl.a::the claim%0Ano message within 2 s%0Aexpected {"a":1}, observed "b"%0Atry: ./lab up`,
  ]);
});

test('points to the Pi that a check ran on where it is about no topic', (t) => {
  const [line = ''] = annotations(resultsOf([failed('will.c', { subject: { kind: 'broker file' }, host: 'pi' })]), at);
  t.regex(line, new RegExp(`,line=${lineOf('pi')},`));
});

test('checks that fail for the same reason share one; inconclusive ones are warnings', (t) => {
  const late = recordOf('qos.d', { verdict: 'inconclusive', reason: 'no time left' });
  const lines = annotations(
    resultsOf([failed('acl.a'), failed('acl.b', { reason: 'no message within 5 s' }), late]),
    at,
  );
  t.is(lines.length, 2);
  t.regex(lines[0] ?? '', /^::error .*1 more for the same reason$/);
  t.regex(lines[1] ?? '', /^::warning .*qos\.d::/);
});

test('a mistake in the lab file is annotated at its line and column', (t) => {
  t.deepEqual(annotations(failureJson(new InputError(['/x/lab.yaml:3:5: is wrong', '--only x: unknown'])), at), [
    '::error file=my lab.yaml,line=3,col=5,title=mqtt-lab%3A lab file::is wrong',
    '::error file=my lab.yaml,line=1,title=mqtt-lab%3A lab file::--only x: unknown',
  ]);
});

test('a host that up could not change, and a command that could not run', (t) => {
  const hosts = [
    { host: 'broker', state: 'ok', changes: [], left: 0, durationMs: 1 },
    { host: 'pi', state: 'failed', changes: [], left: 1, durationMs: 1, error: 'pi: apt\n  try: again' },
  ];
  t.deepEqual(annotations({ verdict: 'fail', hosts }, at), [
    `::error file=my lab.yaml,line=${lineOf('pi')},title=mqtt-lab%3A pi::pi: apt%0A  try: again`,
  ]);
  const trouble = { subject: 'docker', step: 'find', happened: 'none', advice: 'start it' };
  t.deepEqual(annotations(failureJson(new LabError(trouble, 'could-not-run')), at), [
    '::error file=my lab.yaml,line=1,title=mqtt-lab%3A mqtt-lab::docker: find: none%0Atry: start it',
  ]);
});

test('no name or text can begin another command or property', (t) => {
  const hostile = 'a,line=9::x\r\n::error::%0A';
  const check = recordOf(`acl.${hostile}`, { verdict: 'fail', claim: hostile, reason: hostile });
  const [line = '', ...others] = annotations(resultsOf([check]), { ...at, file: hostile });
  t.deepEqual(others, []);
  t.notRegex(line, /[\r\n]/);
  t.is(
    line.split('::')[1],
    `error file=a%2Cline=9%3A%3Ax%0D%0A%3A%3Aerror%3A%3A%250A,line=1,title=mqtt-lab%3A acl.a%2Cline=9%3A%3Ax%0D%0A%3A%3Aerror%3A%3A%250A`,
  );
});

test('reads what a command printed, and annotates nothing where it passed or printed nothing', (t) => {
  const sample: unknown = JSON.parse(readFileSync('tests/unit/records/samples/v1-up.json', 'utf8'));
  t.deepEqual(annotations(sample, at), []);
  t.deepEqual(annotations({}, at), []);
});
