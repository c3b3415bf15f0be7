import test from 'ava';
import { now } from '../../../probes/packet.ts';
import { processLag } from '../../smoke/support/lag.ts';

const BLOCKED_MS = 400;

test('a process that is kept from its work knows how late it is', async (t) => {
  const lag = processLag();
  const before = now();
  while (now() < before + BLOCKED_MS) {
    // nothing else runs
  }
  t.true(lag.since(before) >= BLOCKED_MS - 100, 'also before a timer has told');
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => setImmediate(resolve));
  t.true(lag.since(before) >= BLOCKED_MS - 100);
  t.true(lag.since(now() + 60_000) < BLOCKED_MS);
});
