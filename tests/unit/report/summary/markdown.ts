import test from 'ava';
import { code, codeBlock, escaped } from '../../../../report/summary/markdown.ts';

/** [text; as Markdown] */
const TEXTS: readonly (readonly [text: string, markdown: string])[] = [
  ['plain text: 1.5 s', 'plain text: 1.5 s'],
  ['a*b_c', 'a\\*b\\_c'],
  ['[x](https://example.org)', '\\[x\\](https\\://example.org)'],
  ['<img src=x onerror=y>', '\\<img src=x onerror=y\\>'],
  ['a | b', 'a \\| b'],
  ['line\n# heading', 'line #&#8203; heading'],
  ['@team and #12', '@&#8203;team and #&#8203;12'],
  ['www.example.org', 'www\\.example.org'],
  ['&lt; $x$ ~~y~~ !', '\\&lt; \\$x\\$ \\~\\~y\\~\\~ \\!'],
  ['`code`', '\\`code\\`'],
  ['\u001b[31mred', '\\\\x1b\\[31mred'],
];

for (const [text, markdown] of TEXTS) {
  test(`escapes ${JSON.stringify(text)}`, (t) => {
    t.is(escaped(text), markdown);
  });
}

/** [text; in backticks] */
const CODES: readonly (readonly [text: string, markdown: string])[] = [
  ['acl.publish', '`acl.publish`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['``a', '``` ``a ```'],
  ['a\nb | c', '`a b | c`'],
  ['', '(empty)'],
  ['<b>', '`<b>`'],
];

for (const [text, markdown] of CODES) {
  test(`puts ${JSON.stringify(text)} in backticks`, (t) => {
    t.is(code(text), markdown);
  });
}

test('no line of a text ends its code block', (t) => {
  t.deepEqual(codeBlock('a\n```\nb\n````'), ['`````text', 'a', '```', 'b', '````', '`````']);
});
