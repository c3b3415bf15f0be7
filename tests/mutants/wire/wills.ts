import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import type { WireMutant } from '../mutant.ts';
import type { Alteration, Alterer, Link } from '../proxy/link.ts';
import { openDeliveries } from './alter.ts';

/** Later than a check accepts as at once, even on a busy machine. */
const LATE_MS = 6_000;

type Will = NonNullable<IConnectPacket['will']>;

/** The CONNECT leaves another last will than the client's, or none. */
function willsBecome(change: (will: Will) => Will | undefined): () => Alteration {
  return () => () => ({
    toBroker(packet) {
      if (packet.cmd !== 'connect' || packet.will === undefined) return undefined;
      const { will, ...rest } = packet;
      const changed = change(will);
      return [changed === undefined ? rest : { ...rest, will: changed }];
    },
  });
}

/** Replaces the delivery of last wills. */
function whenDelivered(deliver: (link: Link) => Alterer & { will(message: IPublishPacket): void }): () => Alteration {
  return () => {
    const wills = new Set<string>();
    const textOf = (payload: string | Buffer) => Buffer.from(payload).toString('hex');
    return (link) => {
      const { toBroker, will } = deliver(link);
      return {
        toBroker(packet) {
          if (packet.cmd === 'connect' && packet.will !== undefined) wills.add(textOf(packet.will.payload));
          return toBroker?.(packet);
        },
        toClient(packet) {
          if (packet.cmd !== 'publish' || !wills.has(textOf(packet.payload))) return undefined;
          will(packet);
          return [];
        },
      };
    };
  };
}

const late = whenDelivered((link) => ({ will: (message) => link.later(LATE_MS, () => link.sendToClient(message)) }));

const twice = whenDelivered((link) => {
  const own = openDeliveries(link);
  return {
    toBroker: (packet) => own.take(packet),
    will(message) {
      link.sendToClient(message);
      own.deliver(message);
    },
  };
});

/** The broker receives no DISCONNECT, so every end of a connection looks like a loss. */
function withoutDisconnect(): Alteration {
  return () => ({ toBroker: (packet) => (packet.cmd === 'disconnect' ? [] : undefined) });
}

function plainDisconnect(): Alteration {
  return () => ({
    toBroker: (packet) => (packet.cmd === 'disconnect' ? [{ ...packet, reasonCode: 0 }] : undefined),
  });
}

const withoutDelay = ({ properties: _, ...will }: Will): Will => will;

const notRetained = (will: Will): Will => ({ ...will, retain: false });

const reversed = (will: Will): Will => ({ ...will, payload: Buffer.from(will.payload).reverse() });

const mutant = (name: string, what: string, alter: WireMutant['alter'], caughtBy: readonly string[]): WireMutant => ({
  kind: 'wire',
  name,
  what,
  alter,
  caughtBy,
});

/** The losses after which the broker sends a last will at once. */
const AT_ONCE = ['will.fin', 'will.rst', 'will.killed'];

/** Last wills that differ from what their owners left. */
export const willMutants: readonly WireMutant[] = [
  {
    ...mutant(
      'will.dropped',
      'CONNECT leaves no last will',
      willsBecome(() => undefined),
      AT_ONCE,
    ),
  },
  mutant('will.altered', 'the last will has its bytes reversed', willsBecome(reversed), AT_ONCE),
  mutant('will.sent-on-disconnect', 'a DISCONNECT does not prevent the last will', withoutDisconnect, ['will.clean']),
  mutant('will.not-sent-on-0x04', 'a DISCONNECT with 0x04 prevents the last will', plainDisconnect, [
    'will.disconnect-with-will',
  ]),
  mutant('will.late', `a last will arrives ${LATE_MS / 1000} s late`, late, AT_ONCE),
  mutant('will.twice', 'a last will arrives twice', twice, AT_ONCE),
  mutant('will.delay-ignored', 'the last will has no delay', willsBecome(withoutDelay), [
    'will.delay',
    'will.delay-reconnect',
  ]),
  mutant('will.not-retained', 'the last will is not retained', willsBecome(notRetained), ['will.retained']),
];
