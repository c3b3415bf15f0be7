import test from 'ava';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import { quota } from '../../../../probes/mqtt/quota.ts';

const received = { direction: 'received', at: 0 } as const;
const publish = (qos: number, packetId?: number): Packet => ({
  ...received,
  type: 'PUBLISH',
  qos,
  ...(packetId === undefined ? {} : { packetId }),
});
const release = (packetId: number): Packet => ({ ...received, type: 'PUBREL', packetId });
const connack = (sessionPresent: boolean): Packet => ({ ...received, type: 'CONNACK', code: 0, sessionPresent });

type Case = { name: string; limit: number; packets: Packet[]; admitted: boolean[] };

const CASES: readonly Case[] = [
  {
    name: 'messages beyond the limit stay out, whatever their QoS',
    limit: 2,
    packets: [publish(0), publish(1, 1), publish(0), publish(1, 2), publish(2, 3)],
    admitted: [true, true, false, false, false],
  },
  {
    name: 'what is no message passes',
    limit: 1,
    packets: [publish(1, 1), { ...received, type: 'SUBACK' }, { ...received, type: 'PINGRESP' }, publish(1, 2)],
    admitted: [true, true, true, false],
  },
  {
    name: 'a message of QoS 2 is completed after the limit is reached',
    limit: 1,
    packets: [publish(2, 5), publish(2, 7), release(5)],
    admitted: [true, false, true],
  },
  {
    name: 'a message of QoS 2 that comes again is the same one',
    limit: 1,
    packets: [publish(2, 5), connack(true), publish(2, 5), release(5), publish(2, 5)],
    admitted: [true, true, true, true, false],
  },
  {
    name: 'a message of QoS 2 that the broker forgot half-way does not count',
    limit: 1,
    packets: [publish(2, 5), connack(false), publish(2, 1), publish(2, 2)],
    admitted: [true, true, true, false],
  },
];

for (const { name, limit, packets, admitted } of CASES) {
  test(name, (t) => t.deepEqual(packets.map(quota(limit)), admitted));
}
