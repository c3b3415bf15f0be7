import test from 'ava';
import { causesOf, countOthers } from '../../../report/causes.ts';
import { recordOf } from '../records/_record.ts';

const reach = recordOf('reach.pi', { verdict: 'fail', reason: 'pi cannot connect to 198.18.0.2 port 1883' });
const unjudged = (name: string) =>
  recordOf(`will.${name}`, { verdict: 'inconclusive', reason: 'reach.pi: pi cannot connect to 198.18.0.2 port 1883' });
const late = (name: string, seconds: number) =>
  recordOf(`acl.${name}`, { verdict: 'fail', reason: `no SUBACK: not within ${seconds} s` });

test('groups what a host without a way to the broker stopped behind the check that found it', (t) => {
  const [cause, ...others] = causesOf([unjudged('a'), late('b', 10), reach, unjudged('c')]);
  t.deepEqual(
    others.map((other) => other.map(({ id }) => id)),
    [['acl.b']],
  );
  t.deepEqual(
    cause?.map(({ id }) => id),
    ['reach.pi', 'will.a', 'will.c'],
  );
  t.is(cause === undefined ? undefined : countOthers(cause), '2 checks could not be judged for the same reason');
});

test('each host without a way to the broker is a cause of its own', (t) => {
  const of = (pi: string) => [
    recordOf(`reach.${pi}`, { verdict: 'fail', reason: 'no answer' }),
    recordOf(`will.${pi}`, { verdict: 'inconclusive', reason: `reach.${pi}: no answer` }),
  ];
  const causes = causesOf([...of('pi1'), ...of('pi2')]);
  t.deepEqual(
    causes.map((cause) => cause.map(({ id }) => id)),
    [
      ['reach.pi1', 'will.pi1'],
      ['reach.pi2', 'will.pi2'],
    ],
  );
});

test('reasons that differ in figures alone have one cause, failures before inconclusive checks', (t) => {
  const slow = recordOf('will.slow', { verdict: 'inconclusive', reason: 'the lab is too slow' });
  const causes = causesOf([slow, late('a', 10), late('b', 46.5)]);
  t.deepEqual(
    causes.map((cause) => cause.map(({ id }) => id)),
    [['acl.a', 'acl.b'], ['will.slow']],
  );
  t.regex(causes.map(countOthers).join(), /^1 more check failed for the same reason,$/);
});

test('failures without a reason have no common cause', (t) => {
  const failed = (name: string) => recordOf(`acl.${name}`, { verdict: 'fail' });
  t.is(causesOf([failed('a'), failed('b')]).length, 2);
});
