import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openRunFolder } from '../../../report/run-folder.ts';

test('records as they come and the results at the end, for this user alone', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const folder = await openRunFolder(path.join(directory, '.lab', 'runs'), new Date('2026-01-02T03:04:05.678Z'));
  const record = { claim: 'c', expected: 1, observed: 1, startedAt: 0, durationMs: 1 } as const;
  folder.add({ ...record, id: 'will.b', verdict: 'pass' });
  folder.add({ ...record, id: 'acl.a', verdict: 'fail', reason: 'seen' });
  const results = await folder.finish();
  t.is(path.basename(folder.path), '2026-01-02T03-04-05.678Z');
  t.is(results.verdict, 'fail');
  const lines = (await readFile(path.join(folder.path, 'records.jsonl'), 'utf8')).trim().split('\n');
  t.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    ['will.b', 'acl.a'],
  );
  t.deepEqual(JSON.parse(await readFile(path.join(folder.path, 'results.json'), 'utf8')), results);
  t.is((await stat(folder.path)).mode & 0o777, 0o700);
  for (const file of await readdir(folder.path)) t.is((await stat(path.join(folder.path, file))).mode & 0o777, 0o600);
});
