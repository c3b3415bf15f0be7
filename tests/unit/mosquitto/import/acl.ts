import test from 'ava';
import { parseAcl } from '../../../../mosquitto/import/acl.ts';

const read = (text: string) => parseAcl({ path: '/acl', text });

/** [a line below `user sam`; access and filter] */
const rows: readonly (readonly [line: string, right: string])[] = [
  ['topic a/b', 'readwrite a/b'],
  ['topic read a/b', 'read a/b'],
  ['topic write a/+/b', 'write a/+/b'],
  ['topic readwrite #', 'readwrite #'],
  ['topic deny a', 'deny a'],
  ['  topic   read   a b/c d  ', 'read a b/c d'],
  // a single word is the filter
  ['topic read', 'readwrite read'],
  ['topic read\r', 'readwrite read'],
];

for (const [line, right] of rows) {
  test(`reads ${JSON.stringify(line)}`, (t) => {
    const { rules, notes } = read(`user sam\n${line}\n`);
    t.deepEqual(
      rules.map(({ user, kind, access, filter, line: number }) => [user, kind, `${access} ${filter}`, number]),
      [['sam', 'topic', right, 2]],
    );
    t.deepEqual(notes, []);
  });
}

test('a topic line belongs to the user above it, a pattern to every user', (t) => {
  const { rules } = read('topic a\n# x\nuser sam smith \ntopic b\npattern read c/%u\n\nuser eve\ntopic d\n');
  t.deepEqual(
    rules.map(({ kind, user, filter }) => [kind, user, filter]),
    [
      ['topic', undefined, 'a'],
      ['topic', 'sam smith', 'b'],
      ['pattern', undefined, 'c/%u'],
      ['topic', 'eve', 'd'],
    ],
  );
});

test('notes lines that Mosquitto does not accept', (t) => {
  const { rules, notes } = read('user\ntopic\ntopic a b\nuser: sam\ntopic\tread a\n # late\n');
  t.deepEqual(rules, []);
  t.deepEqual(
    notes.map(({ line }) => line),
    [1, 2, 3, 4, 5, 6],
  );
});
