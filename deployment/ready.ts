import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { deferred } from '../base/deferred.ts';
import { LabError } from '../base/errors.ts';
import type { User } from '../lab-file/lab.ts';
import mqttPacket from '../probes/mqtt/codec.ts';
import type { LiveBroker, LiveLab } from './live-lab.ts';
import type { BrokerAnswer } from './status.ts';

/** How long a broker that `up` has just started may take. */
const READY_TIMEOUT_MS = 20_000;
/** How long one that stands, or that is somebody else's, may take. */
const LOOK_TIMEOUT_MS = 2_500;
const ANSWER_TIMEOUT_MS = 2_000;
const RETRY_MS = 100;

/** The lab's broker, and the users whom it knows. */
export type Knock = Pick<LiveLab, 'lab' | 'broker'>;

/**
 * Waits until the broker accepts an authenticated CONNECT of the lab's first user: "ready" is that, not an open port, which on a network
 * may be somebody else's. Throws a LabError that tells the broker's last answer: with exit code 2 where there was none, 1 for a refusal.
 */
export async function awaitReady(knock: Knock, signal: AbortSignal): Promise<void> {
  const isOurs = knock.broker.host !== undefined;
  const boundMs = isOurs ? READY_TIMEOUT_MS : LOOK_TIMEOUT_MS;
  const answer = await lastAnswer(knock, boundMs, signal);
  if (answer.kind !== 'accepted') throw notReady(knock, answer, boundMs, signal.aborted);
}

/**
 * Looks whether a broker that should stand answers at all; a refusal is an answer, and the checks are there to judge it.
 * Throws a LabError with exit code 2 when there is none within 3 s.
 */
export async function requireAnswer(knock: Knock, signal: AbortSignal): Promise<void> {
  const answer = await lastAnswer(knock, LOOK_TIMEOUT_MS, signal);
  if (answer.kind === 'silent') throw notReady(knock, answer, LOOK_TIMEOUT_MS, signal.aborted);
}

/** One CONNECT of the lab's first user over MQTT 3.1.1, bounded. */
export async function knockOnce({ lab, broker }: Knock, boundMs = ANSWER_TIMEOUT_MS): Promise<BrokerAnswer> {
  return await connectAnswer(broker, lab.users[0], boundMs);
}

/** Knocks until the broker accepts; a refusal is not going to change, silence may. */
async function lastAnswer(knock: Knock, boundMs: number, signal: AbortSignal): Promise<BrokerAnswer> {
  const deadline = Date.now() + boundMs;
  let refusedSince: number | undefined;
  for (;;) {
    const leftMs = deadline - Date.now();
    const answer = await knockOnce(knock, Math.max(1, Math.min(ANSWER_TIMEOUT_MS, leftMs)));
    if (answer.kind === 'accepted') return answer;
    refusedSince = answer.kind === 'refused' ? (refusedSince ?? Date.now()) : undefined;
    const isSettled = refusedSince !== undefined && Date.now() - refusedSince >= REFUSAL_SETTLES_MS;
    if (isSettled || signal.aborted || Date.now() + RETRY_MS >= deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** A broker that was told to read its files again goes on refusing until it has. */
const REFUSAL_SETTLES_MS = 1_000;

/** The error of a broker that was not ready; pure. */
export function notReady(
  { lab, broker }: Knock,
  answer: Exclude<BrokerAnswer, { kind: 'accepted' }>,
  boundMs: number,
  isInterrupted: boolean,
): LabError {
  const [user] = lab.users;
  const step = `connect as ${user?.name ?? 'anybody'} to ${broker.address} port ${broker.port}`;
  if (isInterrupted) return new LabError({ subject: 'broker', step, happened: 'interrupted' }, 'interrupted');
  if (answer.kind === 'refused') {
    const advice =
      broker.host === undefined
        ? 'see that this broker knows the users of the lab file with these passwords; the lab never changes it'
        : './lab up brings its users back to what the lab file says; its log is /var/log/mosquitto/mosquitto.log there';
    return new LabError({ subject: 'broker', step, happened: answer.text, advice }, 'failed');
  }
  const advice =
    broker.host === undefined
      ? 'see that a broker listens there and that no firewall is in between; the lab never changes it'
      : './lab status tells whether it runs, ./lab up starts it; its log is /var/log/mosquitto/mosquitto.log on its host';
  const happened = `no answer from the broker within ${boundMs / 1000} s: ${answer.text}`;
  return new LabError({ subject: 'broker', step, happened, advice }, 'could-not-run');
}

/** mqtt.js would do the same, but loading it takes longer than the rest of an `up` that changes nothing. */
async function connectAnswer(
  { address, port }: LiveBroker,
  user: User | undefined,
  boundMs: number,
): Promise<BrokerAnswer> {
  const answer = deferred<BrokerAnswer>();
  const silent = (text: string) => answer.resolve({ kind: 'silent', text });
  const socket = createConnection({ host: address, port, noDelay: true });
  const parser = mqttPacket.parser();
  const timer = setTimeout(
    () => silent(socket.connecting ? 'the connection was not taken' : 'connected, but no CONNACK'),
    boundMs,
  );
  parser.on('packet', (packet) => {
    const code = packet.cmd === 'connack' ? packet.returnCode : undefined;
    if (code === 0) answer.resolve({ kind: 'accepted' });
    else if (code === undefined) silent(`${packet.cmd.toUpperCase()} in place of CONNACK`);
    else answer.resolve({ kind: 'refused', text: `CONNACK with return code ${code}${MEANING[code] ?? ''}` });
  });
  parser.on('error', (error) => silent(`no MQTT: ${error.message}`));
  socket.on('data', (bytes) => parser.parse(bytes));
  socket.on('error', (error) => silent(error.message));
  socket.on('close', () => silent('the connection was closed'));
  const login = user === undefined ? {} : { username: user.name, password: Buffer.from(user.password.reveal()) };
  const clientId = `lab-${randomBytes(8).toString('hex')}`;
  const connect = {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId,
    keepalive: 10,
    ...login,
  } as const;
  try {
    socket.write(mqttPacket.generate(connect));
    const seen = await answer.promise;
    if (seen.kind === 'accepted') socket.end(mqttPacket.generate({ cmd: 'disconnect' }));
    return seen;
  } finally {
    clearTimeout(timer);
    if (!socket.writableEnded) socket.destroy();
  }
}

/** MQTT 3.1.1, table 3.1. */
const MEANING: Readonly<Record<number, string>> = {
  2: ' (client id refused)',
  3: ' (server unavailable)',
  4: ' (bad user name or password)',
  5: ' (not authorised)',
};
