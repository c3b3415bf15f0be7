import test from 'ava';
import { findsWhatIsBroken, VERIFY_MS } from '../lab/support/aedes-findings.ts';

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

test('a broker of 3.1.1 that acknowledges what it denies, and filters it: real findings only', async (t) => {
  await findsWhatIsBroken(t, 'filters');
});
