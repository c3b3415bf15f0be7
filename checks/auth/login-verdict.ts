import type { LoginAttempt } from '../../probes/clients/login-attempts.ts';
import { type Handshake, isAcceptance } from '../../probes/mqtt/handshake.ts';
import type { ConnectOutcome, Version } from '../../probes/mqtt/session.ts';
import type { Finding } from '../harness/check.ts';
import { evidence } from '../harness/evidence.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

/** What Mosquitto answers to whoever it does not let in: not authorised, never 3.1.1's code 4. */
export function refusalBytes(version: Version) {
  return version === 4
    ? ({ accepted: false, code: 5, answer: '20 02 00 05', closedBy: 'broker' } as const)
    : ({ accepted: false, code: 0x87, answer: '20 03 00 87 00', closedBy: 'broker' } as const);
}

/** The statement that a refused connection is closed. */
export function refusalStatement(version: Version): string {
  return version === 4 ? 'MQTT-3.2.2-5' : 'MQTT-3.2.2-7';
}

/**
 * Judges the answer to a CONNECT that must be refused. The lab's own broker is held to its exact bytes; another one may choose its code,
 * or close without a word, but may not accept.
 */
export function judgeRefusal(seen: Handshake, version: Version, brokerKind: BrokerKind): Finding {
  const expected = refusalBytes(version);
  const observed = { accepted: isAcceptance(seen.answer), ...seen };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (observed.accepted) return fail('the broker let the client in');
  // another broker may close by RST; one that is not there at all refuses nobody
  const isReset = brokerKind === 'external' && observed.error?.includes('ECONNRESET') === true;
  if (observed.error !== undefined && !isReset) return fail(observed.error);
  if (observed.closedBy !== 'broker') return fail('the broker left the connection open');
  if (brokerKind === 'lab' && observed.answer !== expected.answer) {
    return fail(`the answer is ${observed.answer || 'nothing'}, not ${expected.answer}`);
  }
  return { verdict: 'pass', observed };
}

/** Judges the outcome of a CONNECT that must be accepted. */
export function judgeAcceptance(outcome: ConnectOutcome): Finding {
  if (outcome.kind === 'accepted') return { verdict: 'pass', observed: { accepted: true, code: 0 } };
  const packets = evidence('mqtt.js', outcome.packets);
  if (outcome.kind === 'closed') return { verdict: 'fail', observed: null, reason: outcome.reason, evidence: packets };
  const { code } = outcome;
  return {
    verdict: 'fail',
    observed: { accepted: false, code },
    reason: `the broker refused with code ${code}`,
    evidence: packets,
  };
}

/** Judges what mosquitto_sub on a host told about a login. */
export function judgeClientAttempt(
  seen: LoginAttempt | undefined,
  wanted: { readonly isIn: boolean; readonly version: Version },
  brokerKind: BrokerKind,
): Finding {
  if (seen === undefined)
    return { verdict: 'fail', observed: null, reason: 'not tried: an attempt before got no answer from the broker' };
  const code = seen.packets.find(({ type }) => type === 'CONNACK')?.code;
  const observed = { accepted: code === 0, code, exitCode: seen.exitCode };
  const packets = evidence('mosquitto_sub', seen.packets);
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason, evidence: packets });
  if (wanted.isIn) {
    return code === 0
      ? { verdict: 'pass', observed, evidence: packets }
      : fail(noAnswer(seen) ?? `CONNACK code ${code}`);
  }
  if (observed.accepted) return fail('the broker let the client in');
  if (brokerKind === 'external') {
    const isRefused = code !== undefined || wasClosedOn(seen);
    return isRefused ? { verdict: 'pass', observed, evidence: packets } : fail(noAnswer(seen) ?? 'no answer');
  }
  const { code: expected } = refusalBytes(wanted.version);
  return code === expected
    ? { verdict: 'pass', observed, evidence: packets }
    : fail(noAnswer(seen) ?? `CONNACK code ${code}, not ${expected}`);
}

/** Exit code of mosquitto_sub when its connection is lost (mosquitto_sub(1); libmosquitto's MOSQ_ERR_CONN_LOST). */
const CONNECTION_LOST = 7;

/** The broker took the CONNECT and closed the connection without a word. */
function wasClosedOn({ packets, exitCode }: LoginAttempt): boolean {
  return exitCode === CONNECTION_LOST && packets.some(({ type }) => type === 'CONNECT');
}

function noAnswer({ packets, lines, exitCode }: LoginAttempt): string | undefined {
  if (packets.some(({ type }) => type === 'CONNACK')) return undefined;
  if (exitCode === 124) return 'no answer from the broker';
  return lines.at(-1) ?? `no CONNACK, exit code ${exitCode}`;
}
