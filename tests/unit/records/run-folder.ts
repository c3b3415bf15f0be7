import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openRunFolder, pruneRuns } from '../../../records/run-folder.ts';
import { recordOf } from './_record.ts';

const ENVIRONMENT = {
  lab: 'l',
  scope: 'quick',
  full: false,
  hosts: [],
  startedAt: 0,
  durationMs: 1,
  node: '20.19.0',
  broker: { address: '127.0.0.1', port: 1883, version: 'mosquitto 2.0.11' },
  pis: [],
  clients: {},
};

test('writes records as they come and the results at the end, for this user alone', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const folder = await openRunFolder(path.join(directory, '.lab', 'runs'), new Date('2026-01-02T03:04:05.678Z'));
  folder.add(recordOf('will.b'));
  folder.add(recordOf('acl.a', { verdict: 'fail', reason: 'seen' }));
  const results = await folder.finish(ENVIRONMENT);
  t.is(path.basename(folder.path), '2026-01-02T03-04-05.678Z');
  t.is(results.verdict, 'fail');
  const lines = (await readFile(path.join(folder.path, 'records.jsonl'), 'utf8')).trim().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    ['will.b', 'acl.a'],
  );
  t.deepEqual(JSON.parse(await readFile(path.join(folder.path, 'results.json'), 'utf8')), results);
  t.deepEqual(results.environment, ENVIRONMENT);
  t.deepEqual((await readdir(folder.path)).sort(), ['junit.xml', 'records.jsonl', 'results.json']);
  t.is((await stat(folder.path)).mode & 0o777, 0o700);
  for (const file of await readdir(folder.path)) t.is((await stat(path.join(folder.path, file))).mode & 0o777, 0o600);
});

test('keeps the newest runs and everything that is not a run', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const run = (second: number) => `2026-01-02T03-04-0${second}.000Z`;
  for (const name of ['notes', run(3), run(1), run(2)])
    await mkdir(path.join(directory, name, 'inner'), { recursive: true });
  await pruneRuns(directory, 3);
  t.is((await readdir(directory)).length, 4);
  await pruneRuns(directory, 2);
  t.deepEqual((await readdir(directory)).sort(), [run(2), run(3), 'notes']);
});
