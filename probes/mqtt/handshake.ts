import { deferred } from '../../base/deferred.ts';
import { startBound } from '../../base/slowness.ts';
import mqttPacket from './codec.ts';
import type { Endpoint } from './endpoint.ts';
import { freshClientId, type Version } from './session.ts';
import { openTransport } from './transport.ts';

export type HandshakeOptions = Endpoint & {
  readonly version: Version;
  readonly user?: string;
  readonly password?: string;
  readonly keepAlive: number;
  readonly boundMs: number;
};

export type Handshake = {
  /** Every byte of the broker's answer, in hexadecimal with spaces: `20 02 00 05`. */
  readonly answer: string;
  /** `nobody`: the connection was still open after the bound. */
  readonly closedBy: 'broker' | 'nobody';
  readonly error?: string;
};

/**
 * Sends one CONNECT and reads until the broker accepts, closes the connection, or the bound passes. mqtt.js closes the
 * socket itself on a refusal, and so cannot show whether the broker does.
 */
export async function handshake(options: HandshakeOptions): Promise<Handshake> {
  const chunks: Buffer[] = [];
  const done = deferred<Omit<Handshake, 'answer'>>();
  const { stream: socket } = openTransport(options);
  // timers fire first: read what has come in while this process had no turn, the bytes in one turn, the end in another
  const giveUp = () => done.resolve({ closedBy: 'nobody' });
  const timer = startBound(options.boundMs, () => setImmediate(() => setImmediate(giveUp)));
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    if (isAcceptance(spacedHex(Buffer.concat(chunks)))) done.resolve({ closedBy: 'nobody' });
  });
  socket.on('end', () => done.resolve({ closedBy: 'broker' }));
  socket.on('error', (error) => done.resolve({ closedBy: 'broker', error: error.message }));
  socket.write(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: options.version,
      clean: true,
      clientId: freshClientId(),
      keepalive: options.keepAlive,
      ...(options.user === undefined ? {} : { username: options.user }),
      ...(options.password === undefined ? {} : { password: Buffer.from(options.password) }),
    }),
  );
  try {
    const end = await done.promise;
    return { answer: spacedHex(Buffer.concat(chunks)), ...end };
  } finally {
    timer.close();
    socket.destroy();
  }
}

/** Whether an answer begins with a CONNACK of code 0, of either version. */
export function isAcceptance(answer: string): boolean {
  return /^20 [0-9a-f]{2} 0[01] 00/.test(answer);
}

export function spacedHex(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?!$)/g, '$1 ');
}
