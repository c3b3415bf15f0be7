import test from 'ava';
import { slowestAnswer, unlessStopped } from '../../../../../checks/keepalive/traffic/measured-client.ts';
import type { Packet, PacketType } from '../../../../../probes/mqtt/packet.ts';

const packet = (type: PacketType, direction: Packet['direction'], at: number): Packet => ({ type, direction, at });

test('passes on the result or the error of the work while the run goes on', async (t) => {
  const { signal } = new AbortController();
  t.is(await unlessStopped(signal, async () => 1), 1);
  await t.throwsAsync(
    unlessStopped(signal, async () => Promise.reject(new Error('no PINGRESP'))),
    { message: 'no PINGRESP' },
  );
});

test('finds the longest time from a packet to its answer', (t) => {
  const setup = [
    packet('CONNECT', 'sent', 0),
    packet('CONNACK', 'received', 1),
    packet('PUBLISH', 'sent', 2),
    packet('PUBACK', 'received', 3),
  ];
  const ping = packet('PINGREQ', 'sent', 6_000);
  t.is(slowestAnswer([...setup, ping, packet('PINGRESP', 'received', 6_001)]), 1);
  t.is(slowestAnswer([...setup, ping, packet('PINGRESP', 'received', 11_000)]), 5_000);
  t.is(slowestAnswer([ping]), 0);
});
