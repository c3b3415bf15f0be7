import test from 'ava';
import { mistakesInText } from '../../../lab-file/text-mistakes.ts';

const file = (password: string, publisher: string) =>
  `name: a\nusers: { sam: { password: ${password} } }\ntopics: { a: { publish: [${publisher}] } }\n`;

test('finds no mistake where only a password of this machine is missing', (t) => {
  t.deepEqual(mistakesInText(file('{ file: nowhere }', 'sam')), []);
});

test('finds mistakes of the syntax, of a key and between keys', (t) => {
  t.is(mistakesInText('name: [').length > 0, true);
  t.regex(mistakesInText(`${file('x', 'sam')}usrs: {}\n`).join(), /usrs/);
  t.regex(mistakesInText(file('x', 'bob')).join(), /bob/);
});
