import test from 'ava';
import { MESSAGES, paceOf } from '../../../../../checks/qos/measured/pace.ts';

test('pace: 250 a second, less where a round trip is long, and in a full run as many for all that', (t) => {
  t.deepEqual(paceOf(0.4, false), { periodMs: 4, messages: MESSAGES });
  t.deepEqual(paceOf(10, false), { periodMs: 4, messages: MESSAGES });
  t.deepEqual(paceOf(100, false), { periodMs: 40, messages: 250 });
  t.deepEqual(paceOf(100, true), { periodMs: 40, messages: MESSAGES });
});
