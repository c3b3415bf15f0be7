import type { IPublishPacket, Packet } from 'mqtt-packet';
import type { WireMutant } from '../mutant.ts';
import type { Alteration, Link, Passed } from '../proxy/link.ts';

type Command = Packet['cmd'];
type Direction = 'toBroker' | 'toClient';

/** Drops the packets of a kind. */
export function drop(direction: Direction, cmd: Command): () => Alteration {
  return () => () => ({ [direction]: (packet: Packet) => (packet.cmd === cmd ? [] : undefined) });
}

/** Changes messages, except those for which `change` returns undefined. */
export function changeMessages(
  direction: Direction,
  change: (message: IPublishPacket) => Partial<IPublishPacket> | undefined,
): () => Alteration {
  return () => () => ({
    [direction]: (packet: Packet): Passed => {
      const changed = packet.cmd === 'publish' ? change(packet) : undefined;
      return packet.cmd !== 'publish' || changed === undefined ? undefined : [{ ...packet, ...changed }];
    },
  });
}

/** Deliveries of the proxy's own, which the broker does not know: the proxy handles their acknowledgements. */
export type Deliveries = {
  deliver(message: IPublishPacket): void;
  /** Drops a client's packet that acknowledges such a delivery. */
  take(packet: Packet): Passed;
};

/** The proxy's packet ids begin here; a broker's begin at 1. */
const FIRST_ID = 60_000;

export function openDeliveries(link: Link): Deliveries {
  const open = new Set<number>();
  let next = FIRST_ID;
  return {
    deliver({ messageId: _, ...message }) {
      if (message.qos === 0) {
        link.sendToClient(message);
        return;
      }
      const messageId = next;
      next += 1;
      open.add(messageId);
      link.sendToClient({ ...message, messageId });
    },
    take(packet) {
      const { cmd, messageId } = packet;
      if (messageId === undefined || !open.has(messageId)) return undefined;
      if (cmd === 'pubrec') link.sendToClient({ cmd: 'pubrel', messageId });
      if (cmd === 'puback' || cmd === 'pubcomp') open.delete(messageId);
      return cmd.startsWith('pub') && cmd !== 'publish' && cmd !== 'pubrel' ? [] : undefined;
    },
  };
}

/** Acknowledges messages at their QoS in place of their receiver, which does not see the exchange. */
export type Receipts = {
  receive(message: IPublishPacket): void;
  /** Drops a sender's packet that belongs to such an exchange. */
  take(packet: Packet): Passed;
};

export function openReceipts(answer: (packet: Packet) => void): Receipts {
  const open = new Set<number>();
  return {
    receive({ qos, messageId }) {
      if (qos === 0 || messageId === undefined) return;
      answer({ cmd: qos === 2 ? 'pubrec' : 'puback', messageId });
      if (qos === 2) open.add(messageId);
    },
    take({ cmd, messageId }) {
      if (cmd !== 'pubrel' || messageId === undefined || !open.delete(messageId)) return undefined;
      answer({ cmd: 'pubcomp', messageId });
      return [];
    },
  };
}

/** A mutant that alters packets on the wire. */
export const delivery = (
  name: string,
  what: string,
  alter: WireMutant['alter'],
  caughtBy: readonly string[],
): WireMutant => ({
  kind: 'wire',
  name,
  what,
  alter,
  caughtBy,
});
