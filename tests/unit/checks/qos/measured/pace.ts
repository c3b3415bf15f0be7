import test from 'ava';
import { MESSAGES, paceOf } from '../../../../../checks/qos/measured/pace.ts';

test('sends 250 messages a second, fewer on a slow network, and all of them in a full run', (t) => {
  t.deepEqual(paceOf(0.4, false), { periodMs: 4, messages: MESSAGES });
  t.deepEqual(paceOf(10, false), { periodMs: 4, messages: MESSAGES });
  t.deepEqual(paceOf(100, false), { periodMs: 40, messages: 250 });
  t.deepEqual(paceOf(100, true), { periodMs: 40, messages: MESSAGES });
});
