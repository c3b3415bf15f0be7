import test from 'ava';
import { peopleOf } from '../../../../mosquitto/import/people.ts';

const FILE = { path: '/p', text: 'sam:$7$101$eA==$eA==\n' };
const RULES = [{ file: '/a', line: 1, kind: 'topic', user: 'lock', access: 'read', filter: 'a' }] as const;
const SAM = { hasPassword: true, hasCertificate: false };

test('users have passwords, and certificates where a listener requires one', (t) => {
  t.deepEqual([...peopleOf(FILE, RULES, [{ port: 1 }, { port: 2, tls: {} }]).users], [['sam', SAM]]);
  const required = peopleOf(FILE, RULES, [{ port: 1, tls: { clients: 'required' } }]);
  t.deepEqual([...required.users], [['sam', { ...SAM, hasCertificate: true }]]);
});

test('notes a user whom no certificate can name, where every listener requires one', (t) => {
  const long = { path: '/p', text: `${'x'.repeat(65)}:$7$101$eA==$eA==\n` };
  const { users, notes } = peopleOf(long, [], [{ port: 1, tls: { clients: 'required' } }]);
  t.is(users.size, 0);
  t.regex(notes[0]?.text ?? '', /no listener/);
});

test('users of the ACL file count where certificates name the user', (t) => {
  const tls = { clients: 'required', identity: 'common-name' } as const;
  const { users } = peopleOf(undefined, RULES, [{ port: 1, tls }]);
  t.deepEqual([...users], [['lock', { hasPassword: false, hasCertificate: true }]]);
});
