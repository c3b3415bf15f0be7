import test from 'ava';
import { judgeGranted, lessThanRequested } from '../../../../checks/session/granted.ts';

test('finds what a CONNACK grants less of than was asked for', (t) => {
  const mosquitto = ['receiveMaximum 20', 'topicAliasMaximum 10', 'retainAvailable true', 'sessionExpiryInterval 120'];
  t.deepEqual(lessThanRequested(mosquitto, 60), []);
  const less = [
    'sessionExpiryInterval 5',
    'serverKeepAlive 30',
    'maximumQoS 1',
    'retainAvailable false',
    'wildcardSubscriptionAvailable false',
    'receiveMaximum 10',
  ];
  t.deepEqual(lessThanRequested([...less, 'reasonString "no"'], 60), less);
  t.deepEqual(lessThanRequested(['serverKeepAlive 60'], 60), []);
});

test('leaves out what lab.yaml asks for by an option of the broker', (t) => {
  t.deepEqual(lessThanRequested(['maximumQoS 1', 'retainAvailable false'], 60, ['retain_available']), ['maximumQoS 1']);
});

test('a broker of the lab must grant everything; what an external one does not grant is not shown', (t) => {
  t.is(judgeGranted(['maximumQoS 1'], true).verdict, 'fail');
  t.is(judgeGranted(['maximumQoS 1'], false).verdict, 'skipped');
  t.is(judgeGranted([], true).verdict, 'pass');
});
