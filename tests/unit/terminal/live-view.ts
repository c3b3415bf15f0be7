import test from 'ava';
import { liveLines } from '../../../terminal/live-view.ts';

const plain = (_: unknown, text: string) => text;

const AT_START = { now: 0, columns: 80 };

/** [width of the terminal; step; its last output; the line after 12.3 s] */
const rows: readonly (readonly [columns: number, text: string, detail: string, line: string])[] = [
  [80, 'install x', '', 'pi       ⠙ install x 12 s'],
  [80, 'install x', 'Unpacking x', 'pi       ⠙ install x 12 s Unpacking x'],
  [34, 'install x', 'Unpacking a thing', 'pi       ⠙ install x 12 s Unpack'],
  [20, 'install x', 'Unpacking', 'pi       ⠙ install'],
  [80, 'a\u001b[2J', 'b\u0007', 'pi       ⠙ a\\x1b[2J 12 s b\\x07'],
];

for (const [columns, text, detail, line] of rows) {
  test(`${columns} columns: ${line}`, (t) => {
    const lines = liveLines(
      new Map([['pi', { text, since: 1_000, detail }]]),
      { frame: 1, now: 13_300, columns },
      plain,
    );
    t.deepEqual(lines, [line]);
    t.true(line.length < columns);
  });
}

test('a line for each host, and the sign turns', (t) => {
  const steps = new Map(['a', 'b'].map((host) => [host, { text: 'x', since: 0, detail: '' }]));
  t.is(liveLines(steps, { ...AT_START, frame: 0 }, plain).length, 2);
  const signs = Array.from({ length: 20 }, (_, frame) => liveLines(steps, { ...AT_START, frame }, plain)[0]?.[9]);
  t.is(new Set(signs).size, 10);
  t.deepEqual(liveLines(new Map(), { ...AT_START, frame: 0 }, plain), []);
});
