import test from 'ava';
import { usersOf } from '../../../../mosquitto/import/passwd.ts';

const read = (text: string) => usersOf({ path: '/p', text });
const HASH = '$7$101$c2FsdHNhbHQ=$aGFzaA==';

test('names the users of a password file, each once', (t) => {
  const { users, notes } = read(`# people\nsam:$6$c2FsdA==$aGFzaA==\nsam smith:${HASH}\r\nsam:${HASH}\n`);
  t.deepEqual(users, ['sam', 'sam smith']);
  t.deepEqual(notes, []);
});

test('notes users that lab.yaml cannot have, and shows no hash', (t) => {
  const { users, notes } = read(`all:${HASH}\n x:${HASH}\nnobody\nempty:\n__proto__:${HASH}\nsam:${HASH}\n`);
  t.deepEqual(users, ['sam']);
  t.deepEqual(
    notes.map(({ line }) => line),
    [1, 2, 3, 4, 5],
  );
  t.regex(notes[0]?.text ?? '', /"all" is reserved/);
  t.regex(notes[1]?.text ?? '', /starts or ends with a space/);
  for (const { text } of notes) t.false(text.includes('c2Fsd'), text);
});
