import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { findRuns } from '../../../../report/compare/find-run.ts';
import { resultsOf } from '../page/_results.ts';

const named = (second: number) => `2026-01-02T03-04-0${second}.000Z`;
const RESULTS = JSON.stringify(resultsOf([]));

/** Runs 1, 2 and 3, an interrupted run 4, and a run 5 with broken results. */
async function withRuns(teardown: (undo: () => Promise<void>) => void): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-test-'));
  teardown(() => rm(directory, { recursive: true }));
  for (const name of [named(1), named(2), named(3), named(4), 'broken'])
    await mkdir(path.join(directory, name), { recursive: true });
  for (const second of [1, 2, 3]) await writeFile(path.join(directory, named(second), 'results.json'), RESULTS);
  await writeFile(path.join(directory, 'broken', 'results.json'), '{"checks":[');
  return directory;
}

/** [words of the command line; the runs found] */
const FOUND: readonly (readonly [
  wanted: readonly [before?: string, after?: string],
  seconds: readonly [number, number],
])[] = [
  [[], [2, 3]],
  [[named(1)], [1, 3]],
  [
    [named(1), named(2)],
    [1, 2],
  ],
  [
    ['latest', 'previous'],
    [3, 2],
  ],
];

for (const [wanted, [before, after]] of FOUND) {
  test(`finds the runs of: compare ${wanted.join(' ')}`, async (t) => {
    const runs = await findRuns(await withRuns(t.teardown), wanted);
    t.deepEqual(
      runs.map(({ name }) => name),
      [named(before), named(after)],
    );
  });
}

test('finds runs by the path of a folder and of its results.json', async (t) => {
  const directory = await withRuns(t.teardown);
  const elsewhere = path.join(directory, 'nowhere');
  const wanted = [path.join(directory, named(1)), path.join(directory, named(2), 'results.json')] as const;
  const runs = await findRuns(elsewhere, wanted);
  t.deepEqual(
    runs.map(({ name }) => name),
    [named(1), named(2)],
  );
});

/** [words of the command line; the lines of the error] */
const REFUSED: readonly (readonly [wanted: readonly [before?: string, after?: string], messages: readonly RegExp[]])[] =
  [
    [['lates'], [/^lates: no such run in .* \(did you mean "latest"\?\); the newest are 2026-01-02T03-04-03\.000Z, /]],
    [['constructor'], [/^constructor: no such run/]],
    [['2026-01-02T03-04-09.000Z'], [/did you mean "2026-01-02T03-04-0/]],
    [[named(4)], [/03-04-04\.000Z: has no results\.json, so it is no run, or one that did not finish/]],
    [['broken'], [/broken\/results\.json: .*JSON/]],
    [
      ['broken', 'nothing'],
      [/broken\/results\.json: /, /^nothing: no such run/],
    ],
    [
      ['nothing', 'broken'],
      [/^nothing: no such run/, /broken\/results\.json: /],
    ],
    [['latest'], [/is both runs/]],
    [[named(1), named(1)], [/is both runs/]],
  ];

for (const [wanted, messages] of REFUSED) {
  test(`refuses: compare ${wanted.join(' ')}`, async (t) => {
    const directory = await withRuns(t.teardown);
    const error = await t.throwsAsync(findRuns(directory, wanted), { name: 'InputError' });
    const lines = (error?.message ?? '').split('\n');
    t.is(lines.length, messages.length);
    for (const [index, line] of lines.entries()) t.regex(line, messages[index] ?? /$^/);
  });
}

test('names the command that makes a run where there are too few', async (t) => {
  const nowhere = path.join(tmpdir(), 'mqtt-lab-test-no-such-folder');
  await t.throwsAsync(findRuns(nowhere, []), {
    message: /previous: .* has no run; \.\/lab verify/,
  });
});
