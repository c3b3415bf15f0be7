import test from 'ava';
import type { Progress } from '../../../base/progress.ts';
import { progressLines, resultLine } from '../../../terminal/progress-lines.ts';

const plain = (_: unknown, text: string) => text;

/** [progress; the line of a result] */
const rows: readonly (readonly [Progress, string | undefined])[] = [
  [{ host: 'pi', kind: 'changed', text: 'install x' }, 'pi       ~ install x'],
  [{ host: 'pi', kind: 'ok', text: 'unchanged' }, 'pi       ✓ unchanged'],
  [{ host: 'broker', kind: 'failed', text: 'exit code 1' }, 'broker   ✗ exit code 1'],
  [{ host: 'a-long-name', kind: 'note', text: 'x' }, 'a-long-name   x'],
  [{ host: 'pi', kind: 'ok', text: '\u001b[2J' }, 'pi       ✓ \\x1b[2J'],
  [{ host: 'pi', kind: 'step', text: 'x' }, undefined],
  [{ host: 'pi', kind: 'detail', text: 'x' }, undefined],
];

for (const [progress, line] of rows) {
  test(`${progress.kind} ${JSON.stringify(progress.text)}`, (t) => {
    t.is(resultLine(progress, plain), line);
  });
}

test('a line for each step and result, with the time of what changed, and now and then a detail', (t) => {
  let now = 0;
  const lines: string[] = [];
  const report = progressLines(
    (line) => lines.push(line),
    plain,
    () => now,
  );
  const events: readonly (readonly [at: number, Progress['kind'], text: string])[] = [
    [0, 'step', 'install x'],
    [1_000, 'detail', 'too early'],
    [6_000, 'detail', 'Unpacking x'],
    [7_000, 'detail', 'too early again'],
    [11_500, 'detail', `Setting up x ${'.'.repeat(200)}`],
    [12_000, 'changed', 'install x'],
    [12_100, 'ok', '1 changed'],
  ];
  for (const [at, kind, text] of events) {
    now = at;
    report({ host: 'pi', kind, text });
  }
  t.deepEqual(lines, [
    'pi       … install x',
    'pi         Unpacking x',
    `pi         Setting up x ${'.'.repeat(147)}`,
    'pi       ~ install x (12 s)',
    'pi       ✓ 1 changed',
  ]);
});

test('hosts side by side have times of their own', (t) => {
  let now = 0;
  const lines: string[] = [];
  const report = progressLines(
    (line) => lines.push(line),
    plain,
    () => now,
  );
  report({ host: 'a', kind: 'step', text: 'x' });
  now = 2_000;
  report({ host: 'b', kind: 'step', text: 'x' });
  now = 3_000;
  report({ host: 'a', kind: 'changed', text: 'x' });
  report({ host: 'b', kind: 'changed', text: 'x' });
  t.deepEqual(lines.slice(2), ['a        ~ x (3.0 s)', 'b        ~ x (1.0 s)']);
});
