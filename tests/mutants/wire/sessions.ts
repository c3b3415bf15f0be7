import type { WireMutant } from '../mutant.ts';
import type { Alteration } from '../proxy/link.ts';

/** The interval of the proxy's pings. */
const EVERY_MS = 2_000;
const HOUR_S = 3_600;

/** The CONNECT requests another kind of session than the client's. */
function sessionsAre(kind: 'clean' | 'persistent'): Alteration {
  const sessionExpiryInterval = kind === 'clean' ? 0 : HOUR_S;
  return (link) => ({
    toBroker(packet) {
      if (packet.cmd !== 'connect') return undefined;
      const properties = link.version === 5 ? { properties: { ...packet.properties, sessionExpiryInterval } } : {};
      return [{ ...packet, clean: kind === 'clean', ...properties }];
    },
  });
}

/** The proxy pings for a silent client. */
function neverSilent(): Alteration {
  return (link) => {
    let owed = 0;
    const ping = () => {
      link.sendToBroker({ cmd: 'pingreq' });
      owed += 1;
      link.later(EVERY_MS, ping);
    };
    return {
      toClient(packet) {
        if (packet.cmd === 'connack') link.later(EVERY_MS, ping);
        if (packet.cmd !== 'pingresp' || owed === 0) return undefined;
        owed -= 1;
        return [];
      },
    };
  };
}

/** Sessions that end earlier or later than their clients requested. */
export const sessionMutants: readonly WireMutant[] = [
  {
    kind: 'wire',
    name: 'session.forgotten',
    what: 'every session is clean',
    alter: () => sessionsAre('clean'),
    caughtBy: ['session.offline.q1', 'session.offline.q2', 'session.resend'],
  },
  {
    kind: 'wire',
    name: 'session.remembered',
    what: 'no session is clean',
    alter: () => sessionsAre('persistent'),
    caughtBy: ['session.clean-forgets'],
  },
  {
    kind: 'wire',
    name: 'keep-alive.never-expires',
    what: 'the broker receives a ping of a silent client every two seconds, so no keep alive expires',
    alter: neverSilent,
    caughtBy: ['keepalive.expiry.5s', 'keepalive.receive-only.5s', 'will.silent'],
  },
];
