import process from 'node:process';
import test from 'ava';
import { painter, printable, seconds } from '../../../base/paint.ts';

/** [milliseconds; what is shown] */
const times: readonly (readonly [number, string])[] = [
  [0, '0.0 s'],
  [49, '0.0 s'],
  [50, '0.1 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [83_400, '83 s'],
];

for (const [ms, shown] of times) {
  test(`${ms} ms`, (t) => {
    t.is(seconds(ms), shown);
  });
}

/** [text from a host; what is shown of it] */
const texts: readonly (readonly [string, string])[] = [
  ['plain ü 🔑', 'plain ü 🔑'],
  ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
  ['\u001b[2J\u001b]0;title\u0007', '\\x1b[2J\\x1b]0;title\\x07'],
  ['over\rwritten\b', 'over\\x0dwritten\\x08'],
  ['\0\u007f\u009b', '\\x00\\x7f\\x9b'],
  ['\u202egnp.\u2028\u2066', '\\u202egnp.\\u2028\\u2066'],
];

for (const [text, shown] of texts) {
  test(`printable ${JSON.stringify(text)}`, (t) => {
    t.is(printable(text), shown);
  });
}

/** [whether the stream is a terminal; environment; whether it is coloured] */
const streams: readonly (readonly [boolean | undefined, { NO_COLOR?: string; TERM?: string }, boolean])[] = [
  [true, {}, true],
  [true, { NO_COLOR: '' }, true],
  [true, { NO_COLOR: '1' }, false],
  [true, { TERM: 'dumb' }, false],
  [false, {}, false],
  [undefined, {}, false],
];

for (const [isTTY, environment, coloured] of streams) {
  test.serial(`coloured: ${isTTY} ${JSON.stringify(environment)}`, (t) => {
    const before = { ...process.env };
    t.teardown(() => {
      process.env = before;
    });
    const { NO_COLOR: _, FORCE_COLOR: __, ...others } = before;
    process.env = { ...others, TERM: 'xterm', ...environment };
    const paint = painter(isTTY === undefined ? {} : { isTTY });
    t.is(paint('red', 'x') === 'x', !coloured);
  });
}
