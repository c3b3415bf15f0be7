import test from 'ava';
import { assignments, quote } from '../../../base/quote.ts';
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

test('sh reads back the values that are assigned in front of a script', (t) => {
  for (const word of HOSTILE) t.is(sh(`${assignments({ WORD: word })}printf '%s.' "$WORD"`).stdout, `${word}.`);
  const values = assignments({ PORT: 1883, FILES: ['/etc/a', '/etc/b'], NONE: [] });
  t.is(
    sh(`${values}echo "$PORT"; for file in $FILES; do echo "$file"; done; echo "[$NONE]"`).stdout,
    '1883\n/etc/a\n/etc/b\n[]\n',
  );
});

test('refuses a list of words that sh would split or expand', (t) => {
  for (const word of ['', 'a b', '*', '$x', '~'])
    t.throws(() => assignments({ FILES: ['/etc/a', word] }), { message: /plain/ });
});
