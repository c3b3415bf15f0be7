import type { LoginAttempt } from '../../probes/clients/login-attempts.ts';
import { type Handshake, isAcceptance } from '../../probes/mqtt/handshake.ts';
import type { ConnectOutcome, Version } from '../../probes/mqtt/session.ts';
import type { Login } from '../../records/measured/login.ts';
import { connectionAdvice } from '../harness/advice.ts';
import type { Finding } from '../harness/check.ts';
import { evidence } from '../harness/evidence.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

/** How Mosquitto refuses a login: not authorised, never 3.1.1's code 4. */
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
 * Judges the answer to a CONNECT that must be refused. The lab's own broker must send its exact bytes. An external one
 * may choose its code, or close without an answer, but must not accept.
 */
export function judgeRefusal(
  seen: Handshake,
  version: Version,
  brokerKind: BrokerKind,
  { announcesLimits = false } = {},
): Finding {
  const expected = refusalBytes(version);
  const observed = { accepted: isAcceptance(seen.answer), ...seen } satisfies Login;
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (observed.accepted) return fail('the broker accepted the login');
  // an external broker may refuse with an RST; any other error is no refusal
  const isReset = brokerKind === 'external' && observed.error?.includes('ECONNRESET') === true;
  if (observed.error !== undefined && !isReset) {
    return { ...fail(`no answer from the broker: ${observed.error}`), ...connectionAdvice(observed.error) };
  }
  if (observed.closedBy !== 'broker') return fail('the broker left the connection open');
  const isExpected =
    announcesLimits && version === 5 ? isBareRefusal(observed.answer) : observed.answer === expected.answer;
  if (brokerKind === 'lab' && !isExpected) {
    return fail(`the broker answered ${observed.answer || 'nothing'}, not ${expected.answer}`);
  }
  return { verdict: 'pass', observed };
}

/** One CONNACK of code 0x87 with any properties: a broker with limits announces them in a refusal, too (MQTT 5, 3.2.2.3). */
function isBareRefusal(answer: string): boolean {
  const [type, length, flags, code, ...rest] = answer.split(' ').map((byte) => Number.parseInt(byte, 16));
  return type === 0x20 && length === rest.length + 2 && flags === 0 && code === 0x87;
}

/** Judges the outcome of a CONNECT that must be accepted. */
export function judgeAcceptance(outcome: ConnectOutcome): Finding {
  if (outcome.kind === 'accepted') return { verdict: 'pass', observed: { accepted: true, code: 0 } satisfies Login };
  const packets = evidence('mqtt.js', outcome.packets);
  if (outcome.kind === 'closed') {
    const { reason } = outcome;
    return { verdict: 'fail', observed: null, reason, ...connectionAdvice(reason), evidence: packets };
  }
  const { code } = outcome;
  const reason = `the broker refused the login with code ${code}`;
  return { verdict: 'fail', observed: { accepted: false, code } satisfies Login, reason, evidence: packets };
}

/** Judges a login by mosquitto_sub on a host; `seen` is undefined where it was not tried. */
export function judgeClientLogin(
  seen: LoginAttempt | undefined,
  expected: { readonly isAccepted: boolean; readonly version: Version },
  brokerKind: BrokerKind,
): Finding {
  if (seen === undefined) {
    const reason = 'not tried: an earlier login from this host got no answer from the broker';
    return { verdict: 'fail', observed: null, reason };
  }
  const code = seen.packets.find(({ type }) => type === 'CONNACK')?.code;
  const observed = { accepted: code === 0, code, exitCode: seen.exitCode } satisfies Partial<Login> & {
    exitCode: unknown;
  };
  const packets = evidence('mosquitto_sub', seen.packets);
  const reason = mismatch(seen, code, expected, brokerKind);
  if (reason === undefined) return { verdict: 'pass', observed, evidence: packets };
  return { verdict: 'fail', observed, reason, ...connectionAdvice(reason), evidence: packets };
}

function mismatch(
  seen: LoginAttempt,
  code: number | undefined,
  { isAccepted, version }: { readonly isAccepted: boolean; readonly version: Version },
  brokerKind: BrokerKind,
): string | undefined {
  if (code === undefined && brokerKind === 'external' && !isAccepted && wasClosed(seen)) return undefined;
  if (code === undefined) return noAnswer(seen);
  if (!isAccepted && code === 0) return 'the broker accepted the login';
  if (!isAccepted && brokerKind === 'external') return undefined;
  const expected = isAccepted ? 0 : refusalBytes(version).code;
  return code === expected ? undefined : `the broker answered with code ${code}, not ${expected}`;
}

/** Exit code of mosquitto_sub when it loses its connection (mosquitto_sub(1); libmosquitto's MOSQ_ERR_CONN_LOST). */
const CONNECTION_LOST = 7;

/** Whether the broker read the CONNECT and closed the connection without an answer. */
function wasClosed({ packets, exitCode }: LoginAttempt): boolean {
  return exitCode === CONNECTION_LOST && packets.some(({ type }) => type === 'CONNECT');
}

/** Exit code of timeout(1) when the program did not end in time. */
const TIMED_OUT = 124;

function noAnswer({ lines, exitCode }: LoginAttempt): string {
  if (exitCode === TIMED_OUT) return 'mosquitto_sub got no answer from the broker in time';
  const last = lines.at(-1);
  return last === undefined ? `mosquitto_sub got no CONNACK, exit code ${exitCode}` : `mosquitto_sub: ${last}`;
}
