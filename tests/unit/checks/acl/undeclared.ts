import test from 'ava';
import { deniedEdges, judgeUndeclared, undeclaredTopics } from '../../../../checks/acl/undeclared.ts';
import type { PublishOutcome } from '../../../../probes/mqtt/session.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

test('tries names close to declared ones, and on an external broker only unique names', (t) => {
  const lab = labOf(`${TWO_USERS}topics: { a: {}, A: {}, ax: {}, home/lock: {} }`);
  const { topics } = lab;
  const near = undeclaredTopics(lab, 'sam', 'n0', 'lab');
  t.is(new Set(near).size, near.length);
  t.false(near.some((topic) => topic === '' || topics.some(({ name }) => name === topic)));
  t.is(near[0], 'lab-undeclared-n0');
  for (const topic of ['a/n0', 'an0', '/a', 'a/', 'home/loc', 'HOME/LOCK']) t.true(near.includes(topic), topic);
  t.true(undeclaredTopics(lab, 'sam', 'n0', 'external').every((topic) => topic.includes('n0')));
});

test('tries the edges of filters, and no topic to which a filter lets the user publish', (t) => {
  const lab = labOf(`${TWO_USERS}topics: { "home/+/state": { publish: [sam] }, "#": { subscribe: [alice] } }`);
  const topicsOf = (user: string) => [...undeclaredTopics(lab, user, 'n0', 'lab'), ...deniedEdges(lab, user, 'lab')];
  for (const topic of ['home/mqtt-lab', 'home/mqtt-lab/state/mqtt-lab', 'HOME/mqtt-lab/state', '$mqtt-lab'])
    t.true(topicsOf('sam').includes(topic), topic);
  t.false(topicsOf('sam').includes('home/mqtt-lab/state'));
  t.true(topicsOf('alice').some((topic) => topic.startsWith('home/mqtt-lab/state')));
});

test("judges messages to undeclared topics by what arrived, and on the lab's broker by its reason code", (t) => {
  const [denied, accepted, will] = [
    { topic: 't0', how: 'QoS 1', payload: Buffer.from('0'), answer: acknowledged(0x87) },
    { topic: 't1', how: 'QoS 2', payload: Buffer.from('1'), answer: acknowledged(0x10) },
    { topic: 't0', how: 'last will', payload: Buffer.from('2'), answer: { kind: 'sent' } },
  ] as const;
  const here = { isReaderLost: false, byCode: true };
  const there = { isReaderLost: false, byCode: false };
  t.is(judgeUndeclared([denied, accepted, will], [], there).verdict, 'pass');
  t.is(judgeUndeclared([denied, will], [], here).verdict, 'pass');
  t.regex(judgeUndeclared([denied, accepted], [], here).reason ?? '', /t1 \(QoS 2\)$/);
  t.regex(judgeUndeclared([denied, will], [will], there).reason ?? '', /t0 \(last will\)$/);
  t.regex(judgeUndeclared([denied], [], { ...there, isReaderLost: true }).reason ?? '', /nothing is proved/);
});
