import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import type { WireMutant } from '../mutant.ts';
import type { Alteration, Alterer, Link } from '../proxy/link.ts';
import { openDeliveries } from './alter.ts';

/** Longer than what a check calls at once, with what it holds for uncertain on a busy machine. */
const LATE_MS = 6_000;

type Will = NonNullable<IConnectPacket['will']>;

/** CONNECT leaves another last will than the client meant, or none. */
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

/** Something else happens to the deliveries of what some client has left as its last will. */
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

/** The broker hears no DISCONNECT, so every end of a connection looks like a loss to it. */
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

const upsideDown = (will: Will): Will => ({ ...will, payload: Buffer.from(will.payload).reverse() });

const mutant = (name: string, what: string, alter: WireMutant['alter'], caughtBy: readonly string[]): WireMutant => ({
  kind: 'wire',
  name,
  what,
  alter,
  caughtBy,
});

/** A last will that is to be sent at once, by how its owner is lost. */
const AT_ONCE = ['will.fin', 'will.rst', 'will.killed'];

/** Last wills that are not what their owners left. */
export const willMutants: readonly WireMutant[] = [
  {
    ...mutant(
      'will.dropped',
      'CONNECT leaves no last will',
      willsBecome(() => undefined),
      AT_ONCE,
    ),
  },
  mutant('will.altered', 'the last will has other bytes', willsBecome(upsideDown), AT_ONCE),
  mutant('will.sent-on-disconnect', 'a DISCONNECT does not keep the last will from being sent', withoutDisconnect, [
    'will.clean',
  ]),
  mutant('will.not-sent-on-0x04', 'a DISCONNECT with 0x04 keeps the last will from being sent', plainDisconnect, [
    'will.disconnect-with-will',
  ]),
  mutant('will.late', `a last will arrives ${LATE_MS / 1000} s late`, late, AT_ONCE),
  mutant('will.twice', 'a last will arrives twice', twice, AT_ONCE),
  mutant('will.delay-ignored', 'the last will has no delay', willsBecome(withoutDelay), [
    'will.delay',
    'will.delay-reconnect',
  ]),
  mutant('will.not-retained', 'the last will is not to be retained', willsBecome(notRetained), ['will.retained']),
];
