import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { InvalidArgumentError } from 'commander';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import { percentage } from '../../../scripts/compare.ts';
import { recordOf, resultsOf } from '../report/page/_results.ts';
import { runLab } from './_run-lab.ts';

const BEFORE = '2026-01-02T03-04-05.000Z';
const AFTER = '2026-01-02T03-05-05.000Z';

/** A lab file's folder with two runs, in which the check's verdict is as given; the lab file itself is not there. */
async function withRuns(teardown: (undo: () => Promise<void>) => void, before: string, after: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  teardown(() => rm(folder, { recursive: true }));
  for (const [name, text] of [
    [BEFORE, before],
    [AFTER, after],
  ] as const) {
    await mkdir(path.join(folder, '.lab', 'runs', name), { recursive: true });
    await writeFile(path.join(folder, '.lab', 'runs', name, 'results.json'), text);
  }
  return folder;
}

async function compared(folder: string, ...args: string[]) {
  return await runLab('compare', '--lab', path.join(folder, 'lab.yaml'), ...args);
}

const results = (verdict: Verdict, id: CheckRecord['id'] = 'acl.a') =>
  JSON.stringify(resultsOf([recordOf(id, { verdict })]));

test('nothing worse: exit code 0, also without a lab file; the runs the other way round: 1', async (t) => {
  const folder = await withRuns(t.teardown, results('fail'), results('pass'));
  const same = await compared(folder);
  t.like(same, { status: 0, stderr: '' });
  t.regex(same.stdout, /^✓ nothing got worse, 1 fixed, 1 check in both runs\n/);
  const worse = await compared(folder, 'latest', BEFORE);
  t.like(worse, { status: 1, stderr: '' });
  t.regex(worse.stdout, /^✗ 1 check got worse.*\n.*\n.*\n {2}✗ acl\.a: fails \(passed before\)\n$/);
});

test('--json is one object', async (t) => {
  const folder = await withRuns(t.teardown, results('pass'), results('fail'));
  const { status, stdout } = await compared(folder, '--json');
  t.is(status, 1);
  t.regex(stdout, /^\{.*\}\n$/);
  t.like(JSON.parse(stdout), {
    verdict: 'fail',
    common: 1,
    before: { name: BEFORE },
    checks: [{ id: 'acl.a', change: 'broken', before: 'pass', after: 'fail' }],
  });
});

test('refuses broken results, runs without a common check and too many runs with exit code 2', async (t) => {
  const broken = await compared(await withRuns(t.teardown, results('pass'), '{"checks"'), '--json');
  t.is(broken.status, 2);
  t.regex(broken.stderr, /results\.json: .*JSON[^\n]*\n$/);
  t.regex(broken.stdout, /^\{"verdict":"fail","mistakes":\[".*"\]\}\n$/);
  const apart = await withRuns(t.teardown, results('pass'), results('pass', 'acl.b'));
  const nothing = await compared(apart);
  t.is(nothing.status, 2);
  t.regex(nothing.stderr, new RegExp(`^${BEFORE} and ${AFTER}: .*no check in common`));
  t.is((await compared(apart, 'a', 'b', 'c')).status, 2);
});

for (const [text, value] of [
  ['0', 0],
  ['12.5', 12.5],
] as const) {
  test(`--max-slower ${text}`, (t) => {
    t.is(percentage(text), value);
  });
}

for (const text of ['-1', 'much', '', ' ', 'Infinity']) {
  test(`--max-slower '${text}' is refused`, (t) => {
    t.throws(() => percentage(text), { instanceOf: InvalidArgumentError, message: /0 or more/ });
  });
}
