import test from 'ava';
import type { TopicAction } from '../../../lab-file/may.ts';
import { may, willWidens, writes } from '../../../lab-file/may.ts';
import { readLab } from '../../../lab-file/read.ts';

const lab = readLab('lab.yaml', { environment: {}, interfaces: {} });

const rows: readonly (readonly [user: string, topic: string, actions: readonly TopicAction[], writes: boolean])[] = [
  ['sam', 'status', ['publish', 'lastWill'], true],
  ['alice', 'status', ['subscribe', 'lastWill'], true],
  ['sam', 'test', ['publish'], true],
  ['alice', 'test', ['subscribe'], false],
  ['bob', 'status', [], false],
  ['sam', 'Status', [], false],
  ['sam', 'status/sub', [], false],
  ['sam', '#', [], false],
  ['', '', [], false],
];

for (const [user, topic, actions, write] of rows) {
  test(`${user} on ${topic}`, (t) => {
    const all: readonly TopicAction[] = ['publish', 'subscribe', 'lastWill'];
    t.deepEqual(
      all.filter((action) => may(lab, user, action, topic)),
      actions,
    );
    t.is(writes(lab, user, topic), write);
  });
}

test('an undeclared user has no right', (t) => {
  const topics = [{ name: 'status', publish: ['bob'], subscribe: [], lastWill: [] }];
  t.false(may({ ...lab, topics }, 'bob', 'publish', 'status'));
});

test('a last will widens the rights of a user whom publish does not name', (t) => {
  t.deepEqual(willWidens(lab), [{ user: 'alice', topic: 'status' }]);
});
