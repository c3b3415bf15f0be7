import test from 'ava';
import { measureDeliveryDelay } from '../../../../checks/harness/delivery-delay.ts';
import { now } from '../../../../probes/mqtt/packet.ts';

test('finds the slowest delivery since a moment', async (t) => {
  const { timed, slowestSince } = measureDeliveryDelay();
  const before = now();
  await t.throwsAsync(timed(() => Promise.reject(new Error('lost'))));
  t.is(slowestSince(before), 0);
  t.is(await timed(() => new Promise((resolve) => setTimeout(resolve, 50, 'there'))), 'there');
  t.true(slowestSince(before) >= 49);
  t.true(slowestSince(now() - 20) <= 21);
  t.is(slowestSince(now() + 1), 0);
});
