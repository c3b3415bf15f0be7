import test from 'ava';
import { adviceFrom } from '../../../../checks/run/diagnosis.ts';

const DRIFT = [{ action: 'change', kind: 'file', name: '/etc/mosquitto/lab.acl' }] as const;
const ACL = 'user sam\ntopic readwrite #\n';
const of = (user: string, right: 'publish' | 'subscribe') =>
  ({ subject: { kind: 'right', user, topic: 'status', right } }) as const;

test('names what differs on the broker host and the line that gives the right', (t) => {
  const advice = adviceFrom({ drift: DRIFT, acl: ACL }, of('sam', 'subscribe')) ?? '';
  t.regex(advice, /file \/etc\/mosquitto\/lab\.acl/);
  t.regex(advice, /line 2 \(topic readwrite #\) of \/etc\/mosquitto\/lab\.acl lets sam read status/);
  t.regex(advice, /\.\/lab up/);
});

test('says that no line gives the right', (t) => {
  t.regex(
    adviceFrom({ drift: DRIFT, acl: ACL }, of('alice', 'publish')) ?? '',
    /no line of \S+ lets alice write status/,
  );
});

test('names only the difference for a check about no right', (t) => {
  t.regex(adviceFrom({ drift: DRIFT, acl: ACL }, {}) ?? '', /lab\.acl\): \.\/lab up/);
});

test('a host that is as the lab file says explains nothing', (t) => {
  t.is(adviceFrom({ drift: [], acl: ACL }, of('sam', 'subscribe')), undefined);
});
