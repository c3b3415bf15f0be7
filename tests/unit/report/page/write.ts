import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { writePage } from '../../../../report/page/write.ts';
import { recordOf, resultsOf } from './_results.ts';

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

async function recordsIn(file: string): Promise<string> {
  const [, packed = ''] = /id="records">([^<]*)</.exec(await readFile(file, 'utf8')) ?? [];
  return gunzipSync(Buffer.from(packed, 'base64')).toString();
}

test('writes the page beside the records, for this user alone, with the records in it', async (t) => {
  const folder = await folderOf(t);
  await writeFile(path.join(folder, 'records.jsonl'), '{"as":"written"}\n');
  const file = await writePage(folder, resultsOf([recordOf('qos.a')]));
  t.is(file, path.join(folder, 'report.html'));
  t.is((await stat(file)).mode & 0o777, 0o600);
  t.is(await recordsIn(file), '{"as":"written"}\n');
  t.deepEqual((await readdir(folder)).sort(), ['records.jsonl', 'report.html']);
});

test('replaces an older page; takes the records of the results where records.jsonl is missing', async (t) => {
  const folder = await folderOf(t);
  await writeFile(path.join(folder, 'report.html'), 'old', { mode: 0o644 });
  const record = recordOf('qos.a');
  const file = await writePage(folder, resultsOf([record]));
  t.is((await stat(file)).mode & 0o777, 0o600);
  t.deepEqual(JSON.parse(await recordsIn(file)), record);
});
