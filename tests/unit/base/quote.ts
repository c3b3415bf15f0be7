import test from 'ava';
import { quote } from '../../../base/quote.ts';
import { sh } from '../_sh.ts';

const HOSTILE = [
  '',
  ' ',
  'plain-word_1.0:@%+=,/',
  "it's",
  "'",
  "''\\''",
  '"double"',
  '$HOME `id` $(id) ${PATH}',
  'a; rm x & b | c > d < e',
  '* ? [a-z] ~ {a,b}',
  'two\nlines\n',
  '\\n \\\\ \\',
  '-n',
  '#no comment',
  '!history',
  'ü 🔑',
  '\t\r\u0001\u007f',
];

for (const word of HOSTILE) {
  test(`sh reads back ${JSON.stringify(word)}`, (t) => {
    t.is(sh(`printf '%s.' ${quote(word)} ${quote(`x${word}x`)}`).stdout, `${word}.x${word}x.`);
  });
}

test('NUL cannot be in a word', (t) => {
  t.throws(() => quote('a\0b'), { message: /NUL/ });
});
