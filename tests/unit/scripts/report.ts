import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { recordOf, resultsOf } from '../report/page/_results.ts';
import { runLab } from './_run-lab.ts';

const RUN = '2026-01-02T03-04-05.678Z';

test('the page of an earlier run is written again, without a lab file, and whatever it found', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const lab = (...args: string[]) => runLab('report', '--lab', path.join(folder, 'lab.yaml'), ...args);
  const at = path.join(folder, '.lab', 'runs', RUN);
  const page = path.join(at, 'report.html');
  await mkdir(at, { recursive: true });
  await writeFile(path.join(at, 'results.json'), JSON.stringify(resultsOf([recordOf('qos.a', { verdict: 'fail' })])));
  const explained = await lab('latest');
  t.is(explained.stdout, `report: ${page}\n`, explained.stderr);
  t.is(explained.status, 0);
  t.true(existsSync(page));
  const asJson = await lab(RUN, '--json');
  t.is(JSON.parse(asJson.stdout).verdict, 'fail');
  t.is(asJson.stderr, `report: ${page}\n`);
  const meant = await lab(RUN, '--only', 'qos');
  t.is(meant.status, 2);
  t.regex(meant.stderr, /^--only: .*earlier/);
  t.is((await lab('yesterday')).status, 2);
});
