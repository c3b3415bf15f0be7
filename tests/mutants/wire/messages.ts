import type { IPublishPacket } from 'mqtt-packet';
import type { Lab } from '../../../lab-file/lab.ts';
import { may } from '../../../lab-file/may.ts';
import { covers } from '../../../probes/mqtt/topic.ts';
import type { WireMutant } from '../mutant.ts';
import type { Alteration, Link } from '../proxy/link.ts';
import { changeMessages, openDeliveries, openReceipts } from './alter.ts';

/** How long the proxy holds a message back for the next one to overtake it. */
const OVERTAKEN_MS = 500;

const bytesOf = ({ payload }: IPublishPacket) => Buffer.from(payload);

/** Shorter payloads are the checks' sentinels, without which every check would wait until its bound. */
const LONG_BYTES = 64;

const BEYOND_A_KILOBYTE = 1_200;
const BEYOND_64_KILOBYTES = 70_000;

const truncated = (message: IPublishPacket) => {
  const payload = bytesOf(message);
  return payload.length < LONG_BYTES ? undefined : { payload: payload.subarray(0, -1) };
};

const flipped = (message: IPublishPacket) => {
  const payload = bytesOf(message);
  const last = payload.at(-1);
  if (last === undefined || payload.length < LONG_BYTES) return undefined;
  return { payload: Buffer.concat([payload.subarray(0, -1), Buffer.of(last ^ 1)]) };
};

/** Flips a bit of the byte at an index, in the messages that are long enough. */
const flippedAt =
  (index: number) =>
  (message: IPublishPacket): Partial<IPublishPacket> | undefined => {
    const payload = Buffer.from(message.payload);
    if (payload.length <= index) return undefined;
    payload.writeUInt8(payload.readUInt8(index) ^ 1, index);
    return { payload };
  };

/** Changes long messages to clients whose session the broker had. */
function changedInQueue(): Alteration {
  const change = flippedAt(BEYOND_A_KILOBYTE);
  return () => {
    let isReturned = false;
    return {
      toClient(packet) {
        if (packet.cmd === 'connack') isReturned = packet.sessionPresent;
        const changed = packet.cmd === 'publish' && isReturned ? change(packet) : undefined;
        return packet.cmd !== 'publish' || changed === undefined ? undefined : [{ ...packet, ...changed }];
      },
    };
  };
}

/** The proxy acknowledges each message to the broker and delivers it itself, as `deliveries` says. */
function redelivered(deliveries: (message: IPublishPacket) => readonly IPublishPacket[]): () => Alteration {
  return () => (link) => {
    const own = openDeliveries(link);
    const receipts = openReceipts((packet) => link.sendToBroker(packet));
    return {
      toBroker: (packet) => own.take(packet),
      toClient(packet) {
        if (packet.cmd !== 'publish') return receipts.take(packet);
        receipts.receive(packet);
        for (const message of deliveries(packet)) own.deliver(message);
        return [];
      },
    };
  };
}

/** The proxy acknowledges each publication to the client and publishes it at QoS 0. */
function republishedAtQos0(): Alteration {
  return (link) => {
    const receipts = openReceipts((packet) => link.sendToClient(packet));
    return {
      toBroker(packet) {
        if (packet.cmd !== 'publish') return receipts.take(packet);
        receipts.receive(packet);
        return [
          { cmd: 'publish', topic: packet.topic, payload: packet.payload, retain: packet.retain, qos: 0, dup: false },
        ];
      },
    };
  };
}

/** Each message arrives after the next one. */
function reordered(): Alteration {
  return (link) => {
    let held: IPublishPacket | undefined;
    return {
      toClient(packet) {
        if (packet.cmd !== 'publish') return undefined;
        if (held !== undefined) {
          const both = [packet, held];
          held = undefined;
          return both;
        }
        held = packet;
        link.later(OVERTAKEN_MS, () => {
          if (held !== packet) return;
          held = undefined;
          link.sendToClient(packet);
        });
        return [];
      },
    };
  };
}

/** Messages also reach subscribers without the right to receive them. */
function leaked(lab: Lab): () => Alteration {
  return () => {
    const asked = new Map<Link, string[]>();
    return (link) => {
      asked.set(link, []);
      return {
        toBroker(packet) {
          if (packet.cmd === 'subscribe') asked.get(link)?.push(...packet.subscriptions.map(({ topic }) => topic));
          if (packet.cmd !== 'publish') return undefined;
          const { topic, payload } = packet;
          for (const other of [link, ...link.others()]) {
            const isAsked = asked.get(other)?.some((filter) => covers(filter, topic)) ?? false;
            if (!isAsked || may(lab, other.connect?.username ?? '', 'subscribe', topic)) continue;
            other.sendToClient({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
          }
          return undefined;
        },
      };
    };
  };
}

const delivery = (name: string, what: string, alter: WireMutant['alter'], caughtBy: readonly string[]): WireMutant => ({
  kind: 'wire',
  name,
  what,
  alter,
  caughtBy,
});

const MATRIX = 'qos.matrix.p2s2';

/** Messages that change on the way. */
export const messageMutants = (lab: Lab): readonly WireMutant[] => [
  delivery('payload.truncated', 'the last byte of a long payload is missing', changeMessages('toClient', truncated), [
    'qos.this-machine',
  ]),
  delivery(
    'payload.truncated-at-the-broker',
    'the last byte of a long payload is missing before the broker',
    changeMessages('toBroker', truncated),
    ['qos.this-machine'],
  ),
  delivery('payload.flipped', 'one bit of a long payload is flipped', changeMessages('toClient', flipped), [
    'qos.this-machine',
  ]),
  delivery(
    'payload.flipped-at-the-broker',
    'one bit of a long payload is flipped before the broker',
    changeMessages('toBroker', flipped),
    ['qos.this-machine'],
  ),
  delivery(
    'payload.flipped-beyond-a-kilobyte',
    'one bit is flipped beyond the first kilobyte',
    changeMessages('toClient', flippedAt(BEYOND_A_KILOBYTE)),
    ['qos.payload', 'session.offline.q1', 'retained.set'],
  ),
  delivery(
    'payload.flipped-beyond-64-kilobytes',
    'one bit is flipped beyond 64 kilobytes',
    changeMessages('toClient', flippedAt(BEYOND_64_KILOBYTES)),
    ['qos.payload'],
  ),
  delivery(
    'payload.one-byte',
    'a payload of one byte is altered',
    changeMessages('toClient', (message) => (message.payload.length === 1 ? flippedAt(0)(message) : undefined)),
    ['qos.payload'],
  ),
  delivery(
    'payload.as-text',
    'long payloads are treated as text',
    changeMessages('toClient', ({ payload }) =>
      payload.length > BEYOND_A_KILOBYTE ? { payload: Buffer.from(payload.toString()) } : undefined,
    ),
    ['qos.payload'],
  ),
  delivery(
    'payload.flipped-at-subscribe',
    'one bit of a long retained message is flipped',
    changeMessages('toClient', (message) => (message.retain ? flippedAt(BEYOND_A_KILOBYTE)(message) : undefined)),
    ['retained.set'],
  ),
  delivery('payload.flipped-in-the-queue', 'one bit of a long queued message is flipped', () => changedInQueue(), [
    'session.offline.q1',
    'session.offline.q2',
  ]),
  delivery(
    'qos.lowered-on-delivery',
    'messages are delivered at QoS 0, and the proxy acknowledges them to the broker',
    redelivered((message) => [{ ...message, qos: 0 }]),
    ['qos.this-machine.q1', 'qos.this-machine.q2', MATRIX],
  ),
  delivery(
    'qos.raised-on-delivery',
    'messages are delivered at the next higher QoS',
    redelivered((message) => [{ ...message, qos: message.qos === 0 ? 1 : 2 }]),
    ['qos.this-machine.q0', 'qos.this-machine.q1'],
  ),
  delivery(
    'qos.lowered-at-the-broker',
    'messages reach the broker at QoS 0, and the proxy acknowledges them to the publisher',
    republishedAtQos0,
    ['qos.this-machine.q1', 'qos.this-machine.q2', MATRIX],
  ),
  delivery(
    'dup.false',
    'a first delivery has DUP set',
    changeMessages('toClient', ({ qos }) => (qos === 0 ? undefined : { dup: true })),
    ['qos.this-machine.q1', 'qos.this-machine.q2'],
  ),
  delivery(
    'dup.missing',
    'a resent message has no DUP',
    changeMessages('toClient', () => ({ dup: false })),
    ['session.resend.publish-q1', 'session.resend.publish-q2'],
  ),
  delivery(
    'message.duplicated',
    'every message is delivered twice',
    redelivered((message) => [message, message]),
    ['qos.this-machine'],
  ),
  delivery('message.lost', 'messages of QoS 0 are not delivered', withoutQos0, ['qos.this-machine.q0']),
  delivery('message.reordered', 'the later of two messages arrives first', reordered, ['qos.exactly-once.q2']),
  delivery('message.leaked', 'a subscriber without the right also receives the message', leaked(lab), [
    ...['exact', 'plus', 'hash'].map((form) => `acl.subscribe.status.sam.${form}`),
    ...['exact', 'plus', 'hash'].map((form) => `acl.subscribe.test.sam.${form}`),
  ]),
  delivery(
    'retain.flag-missing',
    'a retained message arrives without the RETAIN flag',
    changeMessages('toClient', () => ({ retain: false })),
    ['retained.served'],
  ),
  delivery(
    'retain.flag-false',
    'a live message arrives with the RETAIN flag',
    changeMessages('toClient', () => ({ retain: true })),
    ['retained.served'],
  ),
];

function withoutQos0(): Alteration {
  return () => ({ toClient: (packet) => (packet.cmd === 'publish' && packet.qos === 0 ? [] : undefined) });
}
