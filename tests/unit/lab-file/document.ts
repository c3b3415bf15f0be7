import test from 'ava';
import { read } from './_reading.ts';

const QUOTE = 'quote text that holds one of : # { } [ ] , & * ! | > \' " % @ `';
const whole =
  'lab.yaml:1:1: the lab file has no value; a mapping with the keys name, broker, pis, users, groups, topics, containers is allowed';

const rows: readonly (readonly [title: string, text: string, ...mistakes: string[]])[] = [
  ['empty', '', whole],
  ['comments only', '# nothing\n', whole],
  [
    'a list',
    '\n- name: a\n',
    'lab.yaml:2:1: the lab file is a list; a mapping with the keys name, broker, pis, users, groups, topics, containers is allowed',
  ],
  [
    'a tab',
    'name: a\nusers:\n\tsam: { password: x }\n',
    'lab.yaml:3:1: the file is not valid YAML: a tab indents the line; spaces are allowed',
  ],
  [
    'no colon',
    'name: a\nusers\n',
    `lab.yaml:2:1: the file is not valid YAML: something is missing, a closing quote or bracket, a comma or a colon; ${QUOTE}`,
  ],
  [
    'two documents',
    'name: a\n---\nname: b\n',
    'lab.yaml:2:1: the file is not valid YAML: a second YAML document (---); one document is allowed',
  ],
  [
    'a password with @ in front',
    'name: a\nusers: { sam: { password: @hunter2 } }',
    `lab.yaml:2:27: the file is not valid YAML: text starts with a character that YAML reserves; ${QUOTE}`,
  ],
  [
    'a line without a colon amid others',
    'name: a\nusers\ntopics: {}\n',
    'lab.yaml:2:1: the file is not valid YAML: a line without "key:"; every line of a mapping has the form "key: value"',
  ],
  [
    'an indentation that does not fit',
    'name: a\nusers:\n  sam: { password: x }\n alice: { password: y }\n',
    'lab.yaml:4:1: the file is not valid YAML: the indentation does not fit; entries of one mapping or list start in the same column',
  ],
  [
    'a password with * in front',
    'name: a\nusers: { sam: { password: *hunter2 } }',
    `lab.yaml:2:27: the file is not valid YAML: an alias (*) without its anchor (&); ${QUOTE}`,
  ],
  [
    'a password with ! in front',
    'name: a\nusers:\n  sam: { password: !hunter2 }',
    `lab.yaml:3:20: the file is not valid YAML: an unknown tag (!); ${QUOTE}`,
  ],
  [
    'a password with a colon and a blank',
    'name: a\nusers:\n  sam:\n    password: hunter2: x\n',
    `lab.yaml:4:15: the file is not valid YAML: a second "key:" on the same line; a line holds one, or { } around several (${QUOTE})`,
  ],
  [
    'the same user as text and as a number',
    'name: a\nusers:\n  "7": { password: x }\n  7: { password: x }\n',
    'lab.yaml:4:3: users.7 is given twice, first on line 3; once is allowed',
  ],
  [
    'the same part twice',
    'name: a\nusers: { sam: { password: x } }\nname: b\n',
    'lab.yaml:3:1: name is given twice, first on line 1; once is allowed',
  ],
  [
    'a key that is a mapping',
    'name: a\nusers: { sam: { password: x } }\n? { x: 1 }\n: y\n',
    'lab.yaml:3:3: the lab file has a key that is not a name; plain text is allowed',
  ],
  [
    'a key that objects reserve',
    'name: a\nusers: { sam: { password: x } }\ntopics:\n  __proto__: {}\n',
    'lab.yaml:4:3: topics has a key that is not a name; plain text is allowed',
  ],
];

for (const [title, text, ...mistakes] of rows) {
  test(title, (t) => {
    t.deepEqual(read(text).mistakes, mistakes);
  });
}

test('reads a value that contains itself', (t) => {
  const { mistakes } = read('name: a\nusers: { sam: { password: x } }\ntopics: &t { a: *t }\n');
  t.true(mistakes.some((mistake) => mistake.startsWith('lab.yaml:3:') && mistake.includes('nested too deeply')));
});
