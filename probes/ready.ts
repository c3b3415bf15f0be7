import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import mqttPacket from 'mqtt-packet';
import { deferred } from '../provisioning/deferred.ts';
import { LabError } from '../provisioning/errors.ts';
import type { User } from '../provisioning/lab-file/lab.ts';
import type { LiveBroker, LiveLab } from '../provisioning/live-lab.ts';

const READY_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 2_000;
const RETRY_MS = 100;

/**
 * Waits until the broker accepts an authenticated CONNECT of the lab's first user: "ready" is that, not an open port, which on a network
 * may be somebody else's. Throws a LabError with exit code 1 that tells the broker's last answer.
 */
export async function awaitReady({ lab, broker }: LiveLab, signal: AbortSignal): Promise<void> {
  const [user] = lab.users;
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let answer = 'no answer';
  while (Date.now() < deadline && !signal.aborted) {
    answer = await connectAnswer(broker, user);
    if (answer === ACCEPTED) return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  const happened = signal.aborted ? 'interrupted' : `not ready after ${READY_TIMEOUT_MS / 1000} s: ${answer}`;
  const step = `connect as ${user?.name ?? 'anybody'} to ${broker.address} port ${broker.port}`;
  const advice = 'look at /var/log/mosquitto/mosquitto.log on the broker host';
  throw new LabError({ subject: 'broker', step, happened, advice }, 1);
}

const ACCEPTED = 'accepted';

/**
 * One CONNECT over MQTT 3.1.1 and what came back, in words. mqtt.js would do the same, but loading it takes longer than the rest of an `up` that
 * changes nothing.
 */
async function connectAnswer({ address, port }: LiveBroker, user: User | undefined): Promise<string> {
  const answer = deferred<string>();
  const socket = createConnection({ host: address, port, noDelay: true });
  const parser = mqttPacket.parser();
  const timer = setTimeout(() => answer.resolve('connected, but no CONNACK'), ANSWER_TIMEOUT_MS);
  parser.on('packet', (packet) => {
    const code = packet.cmd === 'connack' ? packet.returnCode : undefined;
    answer.resolve(code === 0 ? ACCEPTED : `${packet.cmd.toUpperCase()} with return code ${code}`);
  });
  parser.on('error', (error) => answer.resolve(`no MQTT: ${error.message}`));
  socket.on('data', (bytes) => parser.parse(bytes));
  socket.on('error', (error) => answer.resolve(error.message));
  socket.on('close', () => answer.resolve('the connection was closed'));
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
    const text = await answer.promise;
    if (text === ACCEPTED) socket.end(mqttPacket.generate({ cmd: 'disconnect' }));
    return text;
  } finally {
    clearTimeout(timer);
    if (!socket.writableEnded) socket.destroy();
  }
}
