import { randomBytes } from 'node:crypto';
import { deferred } from '../base/deferred.ts';
import { LabError } from '../base/errors.ts';
import type { Lab, User } from '../lab-file/lab.ts';
import mqttPacket from '../probes/mqtt/codec.ts';
import type { Endpoint } from '../probes/mqtt/endpoint.ts';
import { openTransport } from '../probes/mqtt/transport.ts';
import { endpointHere } from './endpoints.ts';
import type { LiveBroker } from './live-lab.ts';

/** How a broker answers one CONNECT; the text describes an answer other than acceptance. */
export type ConnectAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly text: string }
  | {
      readonly kind: 'silent';
      readonly text: string;
      /** Over TCP. */
      readonly isConnected: boolean;
      /** Whether the time limit passed. */
      readonly isLate: boolean;
    };

/** A lab's broker, which should know the lab's users. */
export type LabBroker = { readonly lab: Lab; readonly broker: LiveBroker };

export const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Connects once as the lab's first user over MQTT 3.1.1. Works without mqtt.js, which takes longer to load than the rest
 * of an `up` that changes nothing.
 */
export async function connectOnce({ lab, broker }: LabBroker, boundMs = ANSWER_TIMEOUT_MS): Promise<ConnectAnswer> {
  const answer = deferred<ConnectAnswer>();
  let isConnected = false;
  const silent = (text: string, isLate = false) => answer.resolve({ kind: 'silent', text, isConnected, isLate });
  const endpoint = endpointOr({ lab, broker });
  if (endpoint instanceof LabError) {
    return { kind: 'silent', text: endpoint.trouble.happened, isConnected: false, isLate: false };
  }
  const { stream: socket, tcp } = openTransport(endpoint);
  const timer = setTimeout(() => silent(isConnected ? 'connected, but no CONNACK' : 'cannot connect', true), boundMs);
  tcp.once('connect', () => {
    isConnected = true;
  });
  const parser = mqttPacket.parser();
  parser.on('packet', (packet) => {
    const code = packet.cmd === 'connack' ? packet.returnCode : undefined;
    if (code === 0) answer.resolve({ kind: 'accepted' });
    else if (code === undefined) silent(`${packet.cmd.toUpperCase()} in place of CONNACK`);
    else answer.resolve({ kind: 'refused', text: `CONNACK with return code ${code}${MEANINGS[code] ?? ''}` });
  });
  parser.on('error', (error) => silent(`its answer is not MQTT: ${error.message}`));
  socket.on('data', (bytes) => parser.parse(bytes));
  socket.on('error', (error) => silent(error.message));
  socket.on('close', () => silent('it closed the connection'));
  try {
    socket.write(connectPacket(lab.users[0]));
    const seen = await answer.promise;
    if (seen.kind === 'accepted') socket.end(mqttPacket.generate({ cmd: 'disconnect' }));
    return seen;
  } finally {
    clearTimeout(timer);
    if (!socket.writableEnded) socket.destroy();
  }
}

/** Before the first `up`, the CA is missing; the host may answer all the same. */
function endpointOr({ lab, broker }: LabBroker): Endpoint | LabError {
  try {
    return endpointHere({ lab, broker }, lab.users[0]);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
}

/** A CONNECT of 3.1.1 with a clean session. It contains the password. */
export function connectPacket(user: User | undefined): Buffer {
  const password = user?.password;
  const login = {
    ...(user === undefined ? {} : { username: user.name }),
    ...(password === undefined ? {} : { password: Buffer.from(password.reveal()) }),
  };
  const clientId = `lab-${randomBytes(8).toString('hex')}`;
  const version = { protocolId: 'MQTT', protocolVersion: 4 } as const;
  return mqttPacket.generate({ cmd: 'connect', ...version, clean: true, clientId, keepalive: 10, ...login });
}

/** MQTT 3.1.1, table 3.1. */
const MEANINGS: Readonly<Record<number, string>> = {
  2: ' (client id refused)',
  3: ' (server unavailable)',
  4: ' (bad user name or password)',
  5: ' (not authorised)',
};
