import test from 'ava';
import { type BrokerLog, NO_LOG } from '../../../probes/broker-log.ts';
import type { Packet } from '../../../probes/packet.ts';
import { willEventSchema } from '../../../report/measured/will.ts';
import { openWorld } from '../../smoke/support/world.ts';
import {
  acceptedAt,
  kernelEnd,
  leftBy,
  ownerEvidence,
  type Story,
  socketEnd,
  willEvents,
} from '../../smoke/will/story.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const connect: Packet = {
  direction: 'sent',
  type: 'CONNECT',
  at: 1,
  connect: { version: 4, clientId: 'lab-a', clean: true, keepAlive: 5, hasPassword: true },
};
const connack: Packet = { direction: 'received', type: 'CONNACK', at: 2, code: 0 };
const said = (direction: Packet['direction'], text: string, packetId: number): Packet => ({
  ...{ direction, type: 'PUBLISH', at: 3, topic: 'a', qos: 1, packetId },
  payload: Buffer.from(text),
});
const will = { topic: 'a', payload: Buffer.from('will'), qos: 1, retain: true } as const;
const story: Story = {
  owner: leftBy({ clientId: 'lab-a', packets: [connect, connack] }, will, 4),
  cause: { at: 10.000_06, what: 'FIN', bytes: 'ff' },
  end: socketEnd({ by: 'broker', how: 'RST', at: 11 }),
  wills: [{ ...said('received', 'will', 7), at: 12.345_678 }],
  backAt: 13,
};

function worldWith(log: Partial<BrokerLog>) {
  return { brokerLog: () => ({ ...NO_LOG, ...log }) };
}

test('a story is told as events of the report, with what the broker logged of the client and, where it has ended, of itself', async (t) => {
  const log: Partial<BrokerLog> = {
    about: (clientId) => [
      { at: undefined, text: `New client connected as ${clientId}` },
      { at: 11.5, text: `Client ${clientId} disconnected.` },
    ],
    aboutItself: (since) => [{ at: since + 1, text: 'mosquitto version 2.0.11 terminating' }],
  };
  const events = await willEvents(worldWith(log), story);
  t.deepEqual(events, [
    { kind: 'owner', clientId: 'lab-a', keepAlive: 5, delayS: 4, will: { topic: 'a', qos: 1, retain: true } },
    { kind: 'cause', at: 10, what: 'FIN', bytes: 'ff' },
    { kind: 'end', by: 'broker', how: 'RST', at: 11, seenBy: 'socket' },
    { kind: 'last will', at: 12.346 },
    { kind: 'back', at: 13 },
    { kind: 'broker log', text: 'New client connected as lab-a' },
    { kind: 'broker log', at: 11.5, text: 'Client lab-a disconnected.' },
  ]);
  t.deepEqual(
    events.map((event) => willEventSchema.parse(event)),
    events,
  );
  const ended = await willEvents(worldWith(log), { ...story, broker: 'ended' });
  t.like(ended.at(-1), { kind: 'broker log', text: 'mosquitto version 2.0.11 terminating' });
});

test('a broker that logs every packet fills no record', async (t) => {
  const about = () => Array.from({ length: 1_000 }, (_, at) => ({ at, text: 'lab-a' }));
  t.true((await willEvents(worldWith({ about }), story)).length < 40);
});

test('an external broker has no log, and nobody waits for one', async (t) => {
  const lab = labOf(TWO_USERS);
  const broker = { address: '127.0.0.1', port: 1883, host: undefined, version: undefined };
  await using world = openWorld({ lab, broker, pis: [] }, new AbortController().signal);
  const kinds = (await willEvents(world, story)).map(({ kind }) => kind);
  t.false(kinds.includes('broker log'));
});

test('an end that was given up, or that a kernel did not tell, is none', (t) => {
  t.is(socketEnd(undefined), undefined);
  t.is(socketEnd({ by: 'client', how: 'FIN', at: 1, isGivenUp: true }), undefined);
  t.deepEqual(kernelEnd({ how: 'RST', at: 1 }), { at: 1, by: 'client', how: 'RST', seenBy: 'kernel' });
  t.is(kernelEnd({ how: 'unknown', at: 1 }), undefined);
});

test("an owner's packets are evidence but for other people's messages, and when it was let in is told", (t) => {
  const packets = [connect, connack, said('sent', 'alive', 1), said('received', "somebody's", 2)];
  t.deepEqual(
    ownerEvidence('publisher', packets).map((packet) => ('type' in packet ? packet.type : '')),
    ['CONNECT', 'CONNACK', 'PUBLISH'],
  );
  t.is(acceptedAt({ packets }), 2);
  t.is(acceptedAt({ packets: [{ ...connack, code: 5 }] }), undefined);
});
