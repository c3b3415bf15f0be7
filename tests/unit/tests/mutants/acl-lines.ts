import test from 'ava';
import { renderAcl } from '../../../../mosquitto/acl.ts';
import { aclText, parseAcl, rightChanges } from '../../../mutants/acl-lines.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const LAB = labOf(`${TWO_USERS}topics:
  status: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] }
  test: { publish: [sam], subscribe: [alice] }
`);
const LINES = parseAcl(renderAcl(LAB));

test('reads the lines that the lab writes, and writes them again', (t) => {
  t.deepEqual(LINES, [
    { user: 'sam', access: 'write', topic: 'status' },
    { user: 'sam', access: 'write', topic: 'test' },
    { user: 'alice', access: 'readwrite', topic: 'status' },
    { user: 'alice', access: 'read', topic: 'test' },
  ]);
  t.deepEqual(parseAcl(aclText(LINES)), LINES);
});

const USERS = ['sam', 'alice'];
const TOPICS = ['status', 'test', '$SYS/broker/uptime'];

test('tells what a user gains by a wildcard; not $SYS', (t) => {
  const wide = LINES.map((line, index) => (index === 3 ? { ...line, topic: '#' } : line));
  t.deepEqual(rightChanges(LINES, wide, USERS, TOPICS), []);
  const sam = LINES.map((line, index) => (index === 0 ? { ...line, access: 'readwrite' as const, topic: '#' } : line));
  t.deepEqual(rightChanges(LINES, sam, USERS, TOPICS), [
    { user: 'sam', right: 'read', topic: 'status', change: 'gained' },
    { user: 'sam', right: 'read', topic: 'test', change: 'gained' },
  ]);
});

test('tells what one loses and another gains', (t) => {
  const given = LINES.map((line, index) => (index === 3 ? { ...line, user: 'sam' } : line));
  t.deepEqual(rightChanges(LINES, given, USERS, TOPICS), [
    { user: 'sam', right: 'read', topic: 'test', change: 'gained' },
    { user: 'alice', right: 'read', topic: 'test', change: 'lost' },
  ]);
});
