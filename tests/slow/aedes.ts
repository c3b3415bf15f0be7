import test from 'ava';
import { findsNoFalseAlarm, VERIFY_MS } from '../lab/support/aedes-findings.ts';

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

test('fails no check of a 3.1.1 broker that acknowledges and then drops what it denies', async (t) => {
  await findsNoFalseAlarm(t, 'filters');
});
