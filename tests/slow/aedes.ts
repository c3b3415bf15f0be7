import test from 'ava';
import { findsWhatIsBroken, VERIFY_MS } from '../lab/support/aedes-findings.ts';

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

test('finds only real faults of a 3.1.1 broker that acknowledges and then drops what it denies', async (t) => {
  await findsWhatIsBroken(t, 'filters');
});
