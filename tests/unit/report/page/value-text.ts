import test from 'ava';
import { valueText } from '../../../../report/page/value-text.ts';

for (const [value, text] of [
  [undefined, 'nothing'],
  [null, 'null'],
  ['a text', 'a text'],
  [['sam', 'alice'], '["sam", "alice"]'],
  [{ delivered: true, answer: { kind: 'sent' }, 'a-b': [] }, '{delivered: true, answer: {kind: "sent"}, "a-b": []}'],
  [{ latenciesUs: Array.from({ length: 1000 }, (_, index) => index) }, '{latenciesUs: [1000 numbers, in the records]}'],
  [{ long: 'x'.repeat(90), short: 1 }, `{\n  long: "${'x'.repeat(90)}",\n  short: 1\n}`],
] as const) {
  test(`${text.slice(0, 60)}`, (t) => {
    t.is(valueText(value), text);
  });
}

test('prints the first items of a long list', (t) => {
  const lines = valueText(Array.from({ length: 200 }, () => 'a longer line')).split('\n');
  t.is(lines.length, 2 + 20 + 1);
  t.regex(lines.at(-2) ?? '', /180 more, in the records/);
});
