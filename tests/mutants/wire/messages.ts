import type { IPublishPacket } from 'mqtt-packet';
import { covers } from '../../../base/topic.ts';
import type { Lab } from '../../../lab-file/lab.ts';
import { may } from '../../../lab-file/may.ts';
import type { WireMutant } from '../mutant.ts';
import type { Alteration, Link } from '../proxy/link.ts';
import { changeMessages, delivery, openDeliveries, openReceipts } from './alter.ts';

/** How long the proxy holds a message back for the next one to overtake it. */
const OVERTAKEN_MS = 500;

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

const MATRIX = 'qos.matrix.p2s2';

/** Messages that change on the way. */
export const messageMutants = (lab: Lab): readonly WireMutant[] => [
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
    'retain.not-stored',
    'the broker does not retain a message',
    changeMessages('toBroker', ({ retain }) => (retain ? { retain: false } : undefined)),
    ['retained.set', 'retained.served'],
  ),
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
