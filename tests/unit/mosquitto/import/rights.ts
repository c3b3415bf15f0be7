import test from 'ava';
import { parseAcl } from '../../../../mosquitto/import/acl.ts';
import { rightsOf } from '../../../../mosquitto/import/rights.ts';

/** The rights as text, `publish sam a`, and the notes as `LINE text`. */
function read(text: string, users: readonly string[] = ['sam', 'eve']) {
  const { topics, notes } = rightsOf(parseAcl({ path: '/acl', text }).rules, users);
  const rights = [...topics].flatMap(([filter, { publish, subscribe, deny }]) =>
    Object.entries({ publish, subscribe, deny }).flatMap(([right, names]) =>
      names.size === 0 ? [] : [`${filter} ${right} ${[...names].join(',')}`],
    ),
  );
  return { rights, notes: notes.map((note) => `${note.line} ${note.text}`) };
}

/** [an ACL file; its rights] */
const rows: readonly (readonly [acl: string, ...rights: string[]])[] = [
  ['user sam\ntopic a', 'a publish sam', 'a subscribe sam'],
  ['user sam\ntopic read a\nuser eve\ntopic write a', 'a publish eve', 'a subscribe sam'],
  ['user sam\ntopic read a\ntopic write a\ntopic deny b', 'a publish sam', 'a subscribe sam', 'b deny sam'],
  ['user sam\ntopic read a\nuser eve\nuser sam\ntopic read b', 'a subscribe sam', 'b subscribe sam'],
  ['pattern write a/%u/#', 'a/%u/# publish all'],
  ['pattern a/%c', 'a/%c publish all', 'a/%c subscribe all'],
  ['user sam\npattern read plain', 'plain subscribe all'],
  ['pattern deny x/%u\nuser sam\ntopic read y', 'x/%u deny all', 'y subscribe sam'],
  // nobody publishes below $SYS
  ['user sam\ntopic $SYS/#\ntopic write $SYS/a', '$SYS/# subscribe sam'],
  // bytes of an encoded URL
  ['user sam\ntopic read m%c3%bc', 'm%c3%bc subscribe sam'],
];

for (const [acl, ...rights] of rows) {
  test(`says ${acl.replaceAll('\n', ' | ')}`, (t) => {
    t.deepEqual(read(acl), { rights, notes: [] });
  });
}

/** [users; an ACL file; the rights that remain; what the note says] */
const notes: readonly (readonly [users: string[], acl: string, rights: string[], note: RegExp])[] = [
  [['sam'], 'topic read a\nuser sam\ntopic b', ['b publish sam', 'b subscribe sam'], /^1 .*anonymous/],
  [['sam'], 'user bob\ntopic a\ntopic b', [], /^2 .*"bob"/],
  [['sam'], 'user sam\ntopic a#', [], /^2 .*"a#" .*wildcard out of place/],
  [['sam'], 'user sam\ntopic read $share/x/y', [], /^2 .*starts with \$/],
  [['sam'], 'user sam\ntopic read a/%u', [], /^2 .*plain text/],
  [['sam'], 'user sam\ntopic read dev-%u', [], /^2 .*plain text/],
  [['sam'], 'pattern read dev-%u/x', [], /^1 .*inside a level/],
  // 2.0 would put the client id there
  [['sam'], 'pattern read m%c3', [], /^1 .*inside a level/],
  [['sam'], 'pattern deny a/%c', [], /^1 .*denies by client id/],
  [['sam', 'x+y'], 'pattern read a/%c', [], /^1 .*"x\+y"/],
  [['sam', 'a/b'], 'pattern read %u/%c', [], /^1 .*"a\/b"/],
  [['sam', 'a/b'], 'pattern read d/%u', ['d/%u subscribe sam'], /^1 .*"a\/b"/],
  [['sam', '$x'], 'pattern read %u', ['%u subscribe sam'], /^1 .*"\$x"/],
  [
    ['sam'],
    'user sam\ntopic read a/#\npattern deny a/%u',
    ['a/# subscribe sam', 'a/%u deny all'],
    /^3 .*"sam".* line 2 /,
  ],
];

for (const [users, acl, rights, note] of notes) {
  test(`notes ${acl.replaceAll('\n', ' | ')} for ${users}`, (t) => {
    const found = read(acl, users);
    t.deepEqual(found.rights, rights);
    t.is(found.notes.length, 1);
    t.regex(found.notes[0] ?? '', note);
  });
}

test('Mosquitto applies no pattern to a user with + or #', (t) => {
  const { rights, notes } = read('pattern read a/%u\npattern write b', ['sam', 'x+y', 'x#']);
  t.deepEqual(rights, ['a/%u subscribe sam', 'b publish sam']);
  t.deepEqual(notes, []);
});
