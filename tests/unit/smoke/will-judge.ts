import test from 'ava';
import type { Packet } from '../../../probes/packet.ts';
import { judgeAtOnce } from '../../smoke/will/at-once.ts';
import { judgeDelay, judgeDelayWithoutSession, judgeForgotten, judgeWills } from '../../smoke/will/judge.ts';
import { wrongWith } from '../../smoke/will/retained.ts';

type Verdict = 'pass' | 'fail' | 'deviation';

const wish = { topic: 'a', payload: Buffer.from('will 1'), qos: 1, retain: true } as const;
const arrived: Packet = {
  direction: 'received',
  type: 'PUBLISH',
  at: 0,
  topic: 'a',
  payload: Buffer.from('will 1'),
  qos: 1,
  retain: false,
};

/** [what; the wills that came; whether that is right where one is wanted; where none is] */
const counted: readonly (readonly [what: string, seen: readonly Packet[], one: boolean, none: boolean])[] = [
  ['none', [], false, true],
  ['one', [arrived], true, false],
  ['two', [arrived, arrived], false, false],
  ['one on another topic', [{ ...arrived, topic: 'b' }], false, false],
  ['one with another payload', [{ ...arrived, payload: Buffer.from('will 1!') }], false, false],
  ['one at a lower QoS', [{ ...arrived, qos: 0 }], false, false],
  ['one with the RETAIN flag', [{ ...arrived, retain: true }], false, false],
];

for (const [what, seen, one, none] of counted) {
  test(`last wills that came: ${what}`, (t) => {
    t.is(judgeWills(wish, 1, seen).verdict, one ? 'pass' : 'fail');
    t.is(judgeWills(wish, 0, seen).verdict, none ? 'pass' : 'fail');
  });
}

test('a version that is known to forget a last will must forget it, and others must not', (t) => {
  const judge = (seen: readonly Packet[], version: string | undefined) =>
    judgeForgotten(wish, seen, 'second CONNECT leaves no will', version).verdict;
  t.is(judge([], '2.0.11'), 'deviation');
  t.is(judge([], undefined), 'fail');
  t.is(judge([arrived], '2.0.11'), 'fail');
  t.is(judge([arrived], undefined), 'pass');
  t.is(judge([arrived, arrived], undefined), 'fail');
  t.is(judge([arrived, arrived], '2.0.11'), 'fail');
});

/** [milliseconds after the loss; verdict for a delay of 3 s; without a session where the version is known to wait; where it is unknown] */
const delays: readonly (readonly [number, Verdict, known: Verdict, unknown: Verdict])[] = [
  [100, 'fail', 'fail', 'pass'],
  [2_400, 'fail', 'fail', 'pass'],
  [2_800, 'pass', 'deviation', 'fail'],
  [3_950, 'pass', 'deviation', 'fail'],
  [4_900, 'pass', 'deviation', 'fail'],
  [8_100, 'fail', 'fail', 'fail'],
];

for (const [afterMs, verdict, known, unknown] of delays) {
  test(`a last will with a delay of 3 s comes after ${afterMs} ms`, (t) => {
    t.is(judgeDelay(afterMs, 3).verdict, verdict);
    t.is(judgeDelayWithoutSession(afterMs, 3, '2.0.21').verdict, known);
    t.is(judgeDelayWithoutSession(afterMs, 3, undefined).verdict, unknown);
  });
}

test('a last will that is seen late on a busy machine came at once, unless the version is known to wait', (t) => {
  t.is(judgeDelayWithoutSession(2_900, 3, undefined, 300).verdict, 'fail');
  t.is(judgeDelayWithoutSession(2_900, 3, undefined, 500).verdict, 'pass');
  t.is(judgeDelayWithoutSession(2_900, 3, '2.0.21', 500).verdict, 'deviation');
  t.is(judgeAtOnce(3_000, 0).verdict, 'pass');
  t.is(judgeAtOnce(3_200, 100).verdict, 'fail');
  t.is(judgeAtOnce(3_200, 200).verdict, 'pass');
});

test('a retained last will is served as it was left', (t) => {
  t.is(wrongWith({ payload: wish.payload, qos: 1 }, wish), undefined);
  t.truthy(wrongWith(undefined, wish));
  t.truthy(wrongWith({ payload: Buffer.from('older'), qos: 1 }, wish));
  t.truthy(wrongWith({ payload: wish.payload, qos: 0 }, wish));
});
