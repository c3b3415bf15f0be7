import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { InputError } from '../../../base/errors.ts';
import { measured } from '../../../records/measurements.ts';
import { folderOfRun, readRun } from '../../../records/read-run.ts';
import { recordOf, resultsOf } from '../report/page/_results.ts';

const named = (second: number) => `2026-01-02T03-04-0${second}.000Z`;

async function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return folder;
}

/** Run 1, interrupted runs 2 and 3, run 4 without a record, and a file that belongs to no run. */
const KEPT = {
  [`${named(1)}/results.json`]: '{"checks":[]}',
  [`${named(1)}/records.jsonl`]: '',
  [`${named(2)}/records.jsonl`]: '',
  [`${named(3)}/records.jsonl`]: '',
  [`${named(4)}/report.html`]: '',
  'copy.json': '{"checks":[]}',
};

/** [the run's name on the command line, with `RUNS` for the folder of the runs; the run found] */
const FOUND: readonly (readonly [wanted: string, second: number])[] = [
  [named(1), 1],
  [named(2), 2],
  ['latest', 3],
  ['previous', 2],
  [`RUNS/${named(1)}`, 1],
  [`RUNS/${named(1)}/results.json`, 1],
  [`RUNS/${named(2)}/records.jsonl`, 2],
];

for (const [wanted, second] of FOUND) {
  test(`finds the run named ${wanted}`, async (t) => {
    const runs = await folderWith(t, KEPT);
    t.is(await folderOfRun(runs, wanted.replace('RUNS', runs)), path.join(runs, named(second)));
  });
}

/** [the run's name on the command line; the error] */
const REFUSED: readonly (readonly [wanted: string, message: RegExp])[] = [
  ['lates', /^lates: no such run in .* \(did you mean "latest"\?\); the newest are 2026-01-02T03-04-03\.000Z, /],
  [named(9), /did you mean "2026-01-02T03-04-0/],
  ['constructor', /^constructor: no such run/],
  [
    named(4),
    /03-04-04\.000Z: has no results\.json and no records\.jsonl, so it is no run, or one that did not finish;/,
  ],
  ['RUNS/copy.json', /copy\.json: .*folder of a run.*results\.json.*records\.jsonl/],
];

for (const [wanted, message] of REFUSED) {
  test(`refuses the run named ${wanted}`, async (t) => {
    const runs = await folderWith(t, KEPT);
    const error = await t.throwsAsync(folderOfRun(runs, wanted.replace('RUNS', runs)), { instanceOf: InputError });
    t.regex(error?.message ?? '', message);
  });
}

test('reports that there is no latest run', async (t) => {
  await t.throwsAsync(folderOfRun('/nonexistent', 'latest'), {
    instanceOf: InputError,
    message: /^latest: \/nonexistent has no run; \.\/lab verify/,
  });
});

test('reads results as they were written', async (t) => {
  const written = resultsOf([
    recordOf('qos.a', { verdict: 'fail' }),
    recordOf('will.b', { statement: 'MQTT-3.1.2-8' }),
  ]);
  const folder = await folderWith(t, { 'results.json': JSON.stringify(written) });
  t.deepEqual(await readRun(folder), written);
});

test('reads the results of version 1', async (t) => {
  const text = readFileSync('tests/unit/records/samples/v1-results.json', 'utf8');
  const { verdict, checks } = await readRun(await folderWith(t, { 'results.json': text }));
  t.is(verdict, JSON.parse(text).verdict);
  t.is(measured(checks, 'latency').length, 1);
  t.is(measured(checks, 'expiry').length, 1);
});

/** [what is wrong; results.json; where the error says it is] */
const UNREADABLE: readonly (readonly [string, object, RegExp])[] = [
  ['a record of another version', { ...resultsOf([]), checks: [recordOf('qos.a'), { id: 'qos.b' }] }, /checks\.1/],
  ['no list of checks', { ...resultsOf([]), checks: {} }, /checks/],
  ['another environment', { ...resultsOf([]), environment: { lab: 5 } }, /environment\.lab/],
  ['a list', [], /./],
];

for (const [name, value, where] of UNREADABLE) {
  test(`refuses results with ${name}, with the place and advice`, async (t) => {
    const folder = await folderWith(t, { 'results.json': JSON.stringify(value) });
    const error = await t.throwsAsync(readRun(folder), { instanceOf: InputError });
    t.regex(error?.message ?? '', /results\.json: another version of mqtt-lab wrote this run .*\.\/lab verify/);
    t.regex(error?.message ?? '', where);
  });
}

test('reads the records of an interrupted run, even where the last is cut off', async (t) => {
  const lines = `${JSON.stringify(recordOf('qos.a'))}\n${JSON.stringify(recordOf('qos.b')).slice(0, 20)}`;
  const { checks, verdict } = await readRun(await folderWith(t, { 'records.jsonl': lines, 'results.json': '{"che' }));
  t.deepEqual(checks, [recordOf('qos.a')]);
  t.is(verdict, 'pass');
});

test('refuses a folder without results and records', async (t) => {
  const folder = await folderWith(t, { notes: '' });
  await t.throwsAsync(readRun(folder), {
    instanceOf: InputError,
    message: /has neither results\.json nor records\.jsonl/,
  });
});
