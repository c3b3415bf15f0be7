import test from 'ava';
import { read } from './_reading.ts';

const INSIDE = 'alone between slashes they are allowed';
const ODD = 'into a filter, where +, #, / and a first $ have a meaning; other user names are allowed';
const FOR_ALL = "names users, but Mosquitto's rules for client ids are for every user; [all] is allowed";
const NO_PATTERN = 'Mosquitto applies no pattern to a name with + or #; other user names are allowed';

/** [users beside sam; topics, on line 4; the mistakes without "lab.yaml:"] */
const rows: readonly (readonly [users: readonly string[], topics: string, ...mistakes: string[]])[] = [
  [[], '{ "a/%u/#": { publish: [sam], deny: [all] }, "%c/%u": { publish: [all] }, "%u": { subscribe: [one] } }'],
  [
    [],
    '{ "a/x-%u": {}, "%c%u": {}, "%u/%u2": {}, "%c/a%cb": {} }',
    `4:11: topics."a/x-%u" has %u or %c inside the level "x-%u"; ${INSIDE}`,
    `4:25: topics."%c%u" has %u or %c inside the level "%c%u"; ${INSIDE}`,
    `4:37: topics."%u/%u2" has %u or %c inside the level "%u2"; ${INSIDE}`,
    `4:51: topics."%c/a%cb" has %u or %c inside the level "a%cb"; ${INSIDE}`,
  ],
  // bytes of an encoded URL
  [[], '{ "m%c3%bcnchen/%C3": { publish: [sam] } }'],
  [[], '{ "m%c3%bc/%u": {} }', `4:11: topics."m%c3%bc/%u" has %u or %c inside the level "m%c3%bc"; ${INSIDE}`],
  [
    [],
    '{ "%c/a": { publish: [sam], subscribe: [one, all], lastWill: [one], deny: [all] } }',
    `4:30: topics."%c/a".publish ${FOR_ALL}`,
    `4:70: topics."%c/a".lastWill ${FOR_ALL}`,
    `4:83: topics."%c/a".deny is impossible with %c: Mosquitto would look at a user's own rules before it denies a client id; publish, subscribe and lastWill are allowed`,
  ],
  [[], '{ "%c/a": { publish: [] } }'],
  [
    [],
    '{ "$SYS/#": { publish: [sam], lastWill: [all], subscribe: [all], deny: [one] } }',
    '4:32: topics."$SYS/#".publish is impossible below $SYS, where the broker alone publishes; subscribe and deny are allowed',
    '4:49: topics."$SYS/#".lastWill is impossible below $SYS, where the broker alone publishes; subscribe and deny are allowed',
  ],
  [
    ['a+', 'b/c', 'd#', '$e'],
    '{ "x/%u": { publish: [all], deny: [sam] } }',
    `4:11: topics."x/%u" puts the user name "a+" ${ODD}`,
    `4:11: topics."x/%u" puts the user name "b/c" ${ODD}`,
    `4:11: topics."x/%u" puts the user name "d#" ${ODD}`,
  ],
  [['a+'], '{ "x/%u": { publish: [sam] }, "x/+": { publish: [a+] } }'],
  [['a+'], '{ "x/%u": { deny: [a+] } }', `4:11: topics."x/%u" puts the user name "a+" ${ODD}`],
  [['$e'], '{ "%u/x": { publish: [one, $e] } }', `4:11: topics."%u/x" puts the user name "$e" ${ODD}`],
  [
    ['a+', 'b/c', 'd#', '$e'],
    '{ "%c": { publish: [all] } }',
    `4:11: topics."%c" gives nothing to the user "a+": ${NO_PATTERN}`,
    `4:11: topics."%c" gives nothing to the user "d#": ${NO_PATTERN}`,
  ],
];

for (const [users, topics, ...mistakes] of rows) {
  test(`${['sam', ...users].join(', ')}: ${topics}`, (t) => {
    const declared = ['sam', ...users].map((user) => `${JSON.stringify(user)}: { password: x }`).join(', ');
    t.deepEqual(
      read(`name: a\nusers: { ${declared} }\ngroups: { one: [sam] }\ntopics: ${topics}\n`).mistakes,
      mistakes.map((mistake) => `lab.yaml:${mistake}`),
    );
  });
}
