import test from 'ava';
import { adviceFrom } from '../../../../checks/run/diagnosis.ts';
import { labOf } from '../../_lab.ts';

const LAB = labOf(`name: diagnosis
users: { sam: { password: sam }, alice: { password: alice }, carl: { password: carl } }
topics: { status: { publish: [sam], subscribe: [alice] } }
`);
const DRIFT = [{ action: 'change', kind: 'file', name: '/etc/mosquitto/lab.acl' }] as const;
const ACL = 'user sam\ntopic readwrite #\n';
const of = (user: string, right: 'publish' | 'subscribe') =>
  ({ subject: { kind: 'right', user, topic: 'status', right } }) as const;
const advice = (record: Parameters<typeof adviceFrom>[2]) => adviceFrom(LAB, { drift: DRIFT, acl: ACL }, record) ?? '';

test('names what differs on the broker host and the line that gives the right', (t) => {
  const text = advice(of('sam', 'subscribe'));
  t.regex(text, /file \/etc\/mosquitto\/lab\.acl/);
  t.regex(text, /line 2 \(topic readwrite #\) of \/etc\/mosquitto\/lab\.acl lets sam read status/);
  t.regex(text, /\.\/lab up/);
});

test('says that no line gives a right that lab.yaml gives', (t) => {
  t.regex(advice(of('alice', 'subscribe')), /no line of \S+ lets alice read status/);
});

test('names no line where the file has the right, or lacks it, as lab.yaml does', (t) => {
  t.notRegex(advice(of('sam', 'publish')), /line/);
  t.notRegex(advice(of('carl', 'publish')), /line/);
});

test('names only the difference for a check about no right', (t) => {
  t.regex(advice({}), /lab\.acl\): \.\/lab up/);
});

test('a host that is as the lab file says explains nothing', (t) => {
  t.is(adviceFrom(LAB, { drift: [], acl: ACL }, of('sam', 'subscribe')), undefined);
});
