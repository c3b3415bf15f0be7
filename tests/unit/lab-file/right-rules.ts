import test from 'ava';
import { read, withPart } from './_reading.ts';

/** [groups and topics of a lab of sam and alice, from line 3 on; the mistakes without "lab.yaml:"] */
const rows: readonly (readonly [part: string, ...mistakes: string[]])[] = [
  [
    'groups: { people: [sam, alice], nobody: [] }\ntopics: { "a/#": { publish: [people], subscribe: [all], deny: [nobody] } }',
  ],
  ['groups: { sam: [alice] }', '3:11: groups.sam has the name of a user; another name is allowed'],
  [
    'groups: { one: [sam, sam], two: [one, bob], three: [all] }',
    '3:22: groups.one[1] names "sam" again; each name once is allowed',
    '3:34: groups.two[0] names the group "one"; names of users are allowed',
    '3:39: groups.two[1] names the undeclared user "bob"; declared users: sam, alice',
    '3:53: groups.three[0] names the group "all"; names of users are allowed',
  ],
  [
    'groups: { people: [sam] }\ntopics: { a: { publish: [peple, all, all], deny: [bob] } }',
    '4:26: topics.a.publish[0] names the undeclared user or group "peple" (did you mean "people"?); declared users: sam, alice; groups: people',
    '4:38: topics.a.publish[2] names "all" again; each name once is allowed',
    '4:51: topics.a.deny[0] names the undeclared user or group "bob"; declared users: sam, alice; groups: people',
  ],
  [
    'topics: { a: { publish: [al] } }',
    '3:26: topics.a.publish[0] names the undeclared user "al" (did you mean "all"?); declared users: sam, alice',
  ],
  // a user may be named beside a group of theirs
  ['groups: { people: [sam] }\ntopics: { a: { publish: [sam, people, all] } }'],
];

for (const [part, ...mistakes] of rows) {
  test(part, (t) => {
    t.deepEqual(
      read(withPart(part)).mistakes,
      mistakes.map((mistake) => `lab.yaml:${mistake}`),
    );
  });
}

test('reads numbers in groups as the names of users', (t) => {
  const { lab } = read('name: a\nusers: { 7: { password: x } }\ngroups: { g: [7] }\ntopics: { a: { publish: [g] } }');
  t.deepEqual(lab?.groups, [{ name: 'g', users: ['7'] }]);
  t.deepEqual(lab?.topics, [{ name: 'a', publish: ['7'], subscribe: [], lastWill: [] }]);
});
