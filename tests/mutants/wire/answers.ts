import type { IConnackPacket, IConnectPacket } from 'mqtt-packet';
import type { WireMutant } from '../mutant.ts';
import type { Alteration } from '../proxy/link.ts';

/** CONNACK codes of 3.1.1 and 5 for a wrong user name or password. */
const REFUSALS: readonly (number | undefined)[] = [4, 5, 0x86, 0x87];
const REFUSED = 0x80;

/** The SUBACK has other codes than those that the broker granted. */
function subacksSay(
  code: (granted: number) => number,
  isMeant: (filters: readonly string[], connect: IConnectPacket | undefined) => boolean = () => true,
): () => Alteration {
  return () => (link) => {
    let filters: readonly string[] = [];
    return {
      toBroker(packet) {
        if (packet.cmd === 'subscribe') filters = packet.subscriptions.map(({ topic }) => topic);
        return undefined;
      },
      toClient(packet) {
        if (packet.cmd !== 'suback' || !isMeant(filters, link.connect)) return undefined;
        const granted = [...packet.granted].flatMap((given) => (typeof given === 'number' ? [code(given)] : []));
        return [{ ...packet, granted }];
      },
    };
  };
}

/** The CONNACK of MQTT 5 announces less than the broker grants. */
function connacksAnnounce(properties: NonNullable<IConnackPacket['properties']>): () => Alteration {
  return () => (link) => ({
    toClient(packet) {
      if (packet.cmd !== 'connack' || packet.reasonCode !== 0 || link.version !== 5) return undefined;
      return [{ ...packet, properties: { ...packet.properties, ...properties } }];
    },
  });
}

/** The SUBACK has a code for the first filter only. */
function subacksAnswerOne(): Alteration {
  return () => ({
    toClient: (packet) =>
      packet.cmd === 'suback' ? [{ ...packet, granted: [...packet.granted].slice(0, 1) }] : undefined,
  });
}

/** The proxy accepts a client that the broker refuses, and keeps its connection open. */
function accepts(
  isAccepted: (login: { readonly user: boolean; readonly password: boolean }) => boolean,
): () => Alteration {
  return () => (link) => ({
    toClient(packet) {
      if (packet.cmd !== 'connack' || link.connect === undefined) return undefined;
      const { username, password } = link.connect;
      if (!isAccepted({ user: username !== undefined, password: password !== undefined })) return undefined;
      if (!REFUSALS.includes(packet.returnCode) && !REFUSALS.includes(packet.reasonCode)) return undefined;
      link.hideBrokersEnd();
      return [{ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 }];
    },
  });
}

/** Leaves out the broker's host, which reaches the broker without the proxy. */
const throughProxy = (...attempts: readonly string[]) =>
  attempts.flatMap((attempt) => [`auth.${attempt}.*.this-machine`, `auth.${attempt}.*.pi`]);

/** Answers that contradict the broker's decision. */
export const answerMutants: readonly WireMutant[] = [
  {
    kind: 'wire',
    name: 'connack.wrong-password-accepted',
    what: 'CONNACK accepts every password',
    alter: accepts(({ user, password }) => user && password),
    caughtBy: throughProxy('wrong-password', 'unknown-user'),
  },
  {
    kind: 'wire',
    name: 'connack.no-password-accepted',
    what: 'CONNACK accepts a user without a password',
    alter: accepts(({ user, password }) => user && !password),
    caughtBy: throughProxy('no-password'),
  },
  {
    kind: 'wire',
    name: 'connack.anonymous-accepted',
    what: 'CONNACK accepts a client without a user name',
    alter: accepts(({ user }) => !user),
    caughtBy: throughProxy('anonymous'),
  },
  {
    kind: 'wire',
    name: 'connack.other-code',
    what: 'CONNACK refuses with the code of an unavailable server',
    alter: () => () => ({
      toClient(packet) {
        if (packet.cmd !== 'connack') return undefined;
        const [returnCode, reasonCode] = [packet.returnCode, packet.reasonCode].map((code) => code === 0);
        return returnCode || reasonCode ? undefined : [{ ...packet, returnCode: 3, reasonCode: 0x88 }];
      },
    }),
    caughtBy: throughProxy('wrong-password'),
  },
  {
    kind: 'wire',
    name: 'suback.lower',
    what: 'SUBACK grants QoS 0, whatever the broker has granted',
    alter: subacksSay((granted) => (granted < REFUSED ? 0 : granted)),
    caughtBy: ['qos.matrix.p2s2'],
  },
  {
    kind: 'wire',
    name: 'suback.lower-for-wildcards',
    what: 'SUBACK grants QoS 0 to filters with wildcards',
    alter: subacksSay(
      (granted) => (granted < REFUSED ? 0 : granted),
      (filters) => filters.some((filter) => /[+#]/.test(filter)),
    ),
    caughtBy: ['acl.subscribe.status.alice.plus', 'acl.subscribe.status.alice.hash'],
  },
  {
    kind: 'wire',
    name: 'suback.lower-in-a-session',
    what: 'SUBACK grants QoS 0 to persistent sessions',
    alter: subacksSay(
      (granted) => (granted < REFUSED ? 0 : granted),
      (_, connect) => connect?.clean === false,
    ),
    caughtBy: ['session.offline.q1', 'session.offline.q2', 'session.takeover', 'acl.subscribe.status.alice.queued'],
  },
  {
    kind: 'wire',
    name: 'suback.one-code',
    what: 'SUBACK has a code for the first filter only',
    alter: () => subacksAnswerOne(),
    caughtBy: ['acl.subscribe.status.alice.queued'],
  },
  {
    kind: 'wire',
    name: 'connack.session-shortened',
    what: 'CONNACK shortens the session to 5 s',
    alter: connacksAnnounce({ sessionExpiryInterval: 5 }),
    caughtBy: ['session.granted'],
  },
  {
    kind: 'wire',
    name: 'connack.nothing-retained',
    what: 'CONNACK says that the broker retains nothing',
    alter: connacksAnnounce({ retainAvailable: false }),
    caughtBy: ['session.granted'],
  },
  {
    kind: 'wire',
    name: 'suback.higher',
    what: 'SUBACK grants QoS 2, whatever the broker has granted',
    alter: subacksSay((granted) => (granted < REFUSED ? 2 : granted)),
    caughtBy: ['qos.matrix.p2s1'],
  },
  {
    kind: 'wire',
    name: 'suback.refused',
    what: 'SUBACK refuses what the broker has granted',
    alter: subacksSay(() => REFUSED),
    caughtBy: ['qos.matrix.p2s2'],
  },
];
