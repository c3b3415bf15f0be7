import test from 'ava';
import { bytesText, counted, listed, msOfUs, shown, whole } from '../../../../report/page/format.ts';

for (const [made, text] of [
  [shown('plain →\n\té漢'), 'plain →\n\té漢'],
  [shown('\u001b[31m\u0000\u009b'), '\\x1b[31m\\x00\\x9b'],
  [shown('a\u202eb\u2066c\ud800'), 'a\\u202eb\\u2066c\\ud800'],
  [whole(1234.6), '1,235'],
  [msOfUs(184), '0.184'],
  [msOfUs(1_845), '1.84'],
  [msOfUs(41_249), '41.2'],
  [msOfUs(2_234_567), '2,235'],
  [bytesText(100), '100 B'],
  [bytesText(1_500), '1,500 B'],
  [bytesText(10_000), '10 kB'],
  [listed([]), ''],
  [listed(['a']), 'a'],
  [listed(['a', 'b', 'c']), 'a, b and c'],
  [counted(1, 'check'), '1 check'],
  [counted(1200, 'check'), '1,200 checks'],
] as const) {
  test(`${JSON.stringify(text)}`, (t) => {
    t.is(made, text);
  });
}
