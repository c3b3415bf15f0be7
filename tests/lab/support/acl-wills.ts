import { once } from 'node:events';
import { connect } from 'node:net';
import mqttPacket from '../../../probes/mqtt/codec.ts';
import type { RuledClient } from './rule-sets.ts';
import { within } from './until.ts';

/** A client that dies with a last will on the topic. */
export type Will = { readonly owner: RuledClient; readonly topic: string };

const BOUND_MS = 10_000;
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

export function willPayload({ owner }: Will): string {
  return `will of ${owner.clientId}`;
}

/** Lets each owner lose a connection for each of its wills, and returns when the broker has closed all of them. */
export async function dieWith(wills: readonly Will[], port: number): Promise<void> {
  const owners = [...new Set(wills.map(({ owner }) => owner))];
  await Promise.all(
    owners.map(async (each) => {
      for (const will of wills) if (will.owner === each) await loseConnection(will, port);
    }),
  );
}

/** Ends the connection after its CONNECT, without DISCONNECT. */
async function loseConnection(will: Will, port: number): Promise<void> {
  const { owner, topic } = will;
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const answer: Buffer[] = [];
  socket.on('data', (chunk) => answer.push(chunk));
  socket.end(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: owner.clientId,
      keepalive: 60,
      username: owner.user,
      password: Buffer.from('x'),
      will: { topic, payload: Buffer.from(willPayload(will)), qos: 0, retain: false },
    }),
  );
  await within(`the connection of ${owner.clientId} ends`, BOUND_MS, once(socket, 'close'));
  if (!Buffer.concat(answer).equals(CONNACK)) {
    throw new Error(`no login for ${owner.user} as ${owner.clientId} with a last will on ${JSON.stringify(topic)}`);
  }
}
