import type { WireMutant } from '../mutant.ts';
import type { Alteration } from '../proxy/link.ts';

/** CONNACK codes of 3.1.1 and 5 that tell of a wrong name or password. */
const REFUSALS: readonly (number | undefined)[] = [4, 5, 0x86, 0x87];
const REFUSED = 0x80;

/** SUBACK says something else than what the broker has granted. */
function subacksSay(code: (granted: number) => number): () => Alteration {
  return () => () => ({
    toClient(packet) {
      if (packet.cmd !== 'suback') return undefined;
      const granted = [...packet.granted].flatMap((given) => (typeof given === 'number' ? [code(given)] : []));
      return [{ ...packet, granted }];
    },
  });
}

/** Who is refused is let in, and the connection stays open, though nobody is behind it. */
function letIn(isLetIn: (login: { readonly user: boolean; readonly password: boolean }) => boolean): () => Alteration {
  return () => (link) => ({
    toClient(packet) {
      if (packet.cmd !== 'connack' || link.connect === undefined) return undefined;
      const { username, password } = link.connect;
      if (!isLetIn({ user: username !== undefined, password: password !== undefined })) return undefined;
      if (!REFUSALS.includes(packet.returnCode) && !REFUSALS.includes(packet.reasonCode)) return undefined;
      link.hideBrokersEnd();
      return [{ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 }];
    },
  });
}

/** The broker's own host reaches it without the proxy. */
const throughProxy = (...attempts: readonly string[]) =>
  attempts.flatMap((attempt) => [`auth.${attempt}.*.this-machine`, `auth.${attempt}.*.pi`]);

/** Answers that do not tell what the broker has decided. */
export const answerMutants: readonly WireMutant[] = [
  {
    kind: 'wire',
    name: 'connack.wrong-password-accepted',
    what: 'CONNACK accepts every password',
    alter: letIn(({ user, password }) => user && password),
    caughtBy: throughProxy('wrong-password', 'unknown-user'),
  },
  {
    kind: 'wire',
    name: 'connack.no-password-accepted',
    what: 'CONNACK accepts a user who gives no password',
    alter: letIn(({ user, password }) => user && !password),
    caughtBy: throughProxy('no-password'),
  },
  {
    kind: 'wire',
    name: 'connack.anonymous-accepted',
    what: 'CONNACK accepts a client without a user name',
    alter: letIn(({ user }) => !user),
    caughtBy: throughProxy('anonymous'),
  },
  {
    kind: 'wire',
    name: 'connack.other-code',
    what: 'CONNACK refuses with another code: server unavailable',
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
