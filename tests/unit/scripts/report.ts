import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { recordOf, resultsOf } from '../report/page/_results.ts';

const RUN = '2026-01-02T03-04-05.678Z';

function lab(cwd: string, ...args: string[]) {
  const command = path.resolve('lab');
  return spawnSync(process.execPath, [command, ...args], { cwd, encoding: 'utf8', timeout: 60_000 });
}

test('the page of an earlier run is written again, without a lab file, and whatever it found', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const at = path.join(folder, '.lab', 'runs', RUN);
  const page = path.join(at, 'report.html');
  await mkdir(at, { recursive: true });
  await writeFile(path.join(at, 'results.json'), JSON.stringify(resultsOf([recordOf('qos.a', { verdict: 'fail' })])));
  const explained = lab(folder, 'report', 'latest');
  t.is(explained.stdout, `report: ${page}\n`, explained.stderr);
  t.is(explained.status, 0);
  t.true(existsSync(page));
  const asJson = lab(folder, 'report', RUN, '--json');
  t.is(JSON.parse(asJson.stdout).verdict, 'fail');
  t.is(asJson.stderr, `report: ${page}\n`);
  const meant = lab(folder, 'report', RUN, '--only', 'qos');
  t.is(meant.status, 2);
  t.regex(meant.stderr, /^--only: .*earlier/);
  t.is(lab(folder, 'report', 'yesterday').status, 2);
});
