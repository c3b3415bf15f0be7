import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { InputError } from '../../../provisioning/errors.ts';
import { findRun, readRun } from '../../../report/read-run.ts';
import { recordOf, resultsOf } from './page/_results.ts';

const OLD = '2026-01-02T03-04-05.678Z';
const NEW = '2026-02-02T03-04-05.678Z';

async function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return folder;
}

test('a run is named by its folder, its path, or as the newest', async (t) => {
  const runs = await folderWith(t, { [`${OLD}/a`]: '', [`${NEW}/a`]: '', 'zz-notes/a': '' });
  t.is(await findRun(runs, OLD), path.join(runs, OLD));
  t.is(await findRun('/nonexistent', path.join(runs, OLD)), path.join(runs, OLD));
  t.is(await findRun(runs, 'latest'), path.join(runs, NEW));
});

test('a run that is not there is told with the newest that is', async (t) => {
  const runs = await folderWith(t, { [`${NEW}/a`]: '' });
  const error = await t.throwsAsync(findRun(runs, 'yesterday'), { instanceOf: InputError });
  t.is(error?.message, `there is no run yesterday; the newest in ${runs} is ${NEW}`);
  const none = await t.throwsAsync(findRun('/nonexistent', 'latest'), { instanceOf: InputError });
  t.is(none?.message, 'there is no run latest; there is none in /nonexistent');
});

test('results are read as they were written', async (t) => {
  const written = resultsOf([
    recordOf('qos.a', { verdict: 'fail' }),
    recordOf('will.b', { statement: 'MQTT-3.1.2-8' }),
  ]);
  const folder = await folderWith(t, { 'results.json': JSON.stringify(written) });
  t.deepEqual(await readRun(folder), written);
});

test('what is no record and no environment is left out', async (t) => {
  const text = JSON.stringify({ checks: [recordOf('qos.a'), { id: 'other.b' }, 7], environment: { lab: 5 } });
  const { checks, counts, environment } = await readRun(await folderWith(t, { 'results.json': text }));
  t.deepEqual(checks, [recordOf('qos.a')]);
  t.is(counts.pass, 1);
  t.is(environment, undefined);
});

test('an interrupted run has its records, also where the last is cut off', async (t) => {
  const lines = `${JSON.stringify(recordOf('qos.a'))}\n${JSON.stringify(recordOf('qos.b')).slice(0, 20)}`;
  const { checks, verdict } = await readRun(await folderWith(t, { 'records.jsonl': lines, 'results.json': '{"che' }));
  t.deepEqual(checks, [recordOf('qos.a')]);
  t.is(verdict, 'pass');
});

test('a folder without either is no run', async (t) => {
  const folder = await folderWith(t, { notes: '' });
  await t.throwsAsync(readRun(folder), {
    instanceOf: InputError,
    message: /has neither results\.json nor records\.jsonl/,
  });
});
