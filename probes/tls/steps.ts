import mqttPacket from '../mqtt/codec.ts';
import { freshClientId } from '../mqtt/session.ts';
import type { Step } from './attempt.ts';

type Login = { readonly user?: string; readonly password?: string };

const END_OF_HEADERS = '\r\n\r\n';
/** The beginning of a CONNACK of 3.1.1: its type, and the length of the rest. */
const CONNACK = '2002';
/** RFC 6455, 5.2: the last frame of a binary message; the client's bit that it is masked. */
const BINARY = 0x82;
const MASKED = 0x80;
const LONG = 126;

/** What a client of 3.1.1 sends to log in: a CONNECT, over WebSockets in a frame after the handshake. */
export function loginSteps(
  protocol: 'mqtt' | 'websockets',
  { user, password }: Login,
  place: { readonly address: string; readonly port: number },
): Step[] {
  const connect = mqttPacket.generate({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60 },
    clientId: freshClientId(),
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
  });
  if (protocol === 'mqtt') return [{ send: connect.toString('hex'), until: CONNACK }];
  return [
    { send: Buffer.from(upgrade(place)).toString('hex'), until: Buffer.from(END_OF_HEADERS).toString('hex') },
    { send: frame(connect).toString('hex'), until: CONNACK },
  ];
}

/** The code of the CONNACK in the answer to the last of the steps; undefined: there is none. */
export function connackCode(steps: readonly Step[], answers: readonly string[]): number | undefined {
  if (answers.length < steps.length) return undefined;
  const code = /^(?:8204)?2002..(..)/.exec(answers[steps.length - 1] ?? '')?.[1];
  return code === undefined ? undefined : Number.parseInt(code, 16);
}

/** RFC 6455, 1.2; a client of MQTT asks for the subprotocol `mqtt` (MQTT 3.1.1, section 6). */
function upgrade({ address, port }: { readonly address: string; readonly port: number }): string {
  const host = address.includes(':') ? `[${address}]` : address;
  const lines = [
    'GET /mqtt HTTP/1.1',
    `Host: ${host}:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: bXF0dC1sYWItYXR0ZW1wdA==',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: mqtt',
  ];
  return `${lines.join('\r\n')}${END_OF_HEADERS}`;
}

/** With a mask of zeros, which leaves the bytes as they are. */
function frame(bytes: Buffer): Buffer {
  const length =
    bytes.length < LONG ? [MASKED | bytes.length] : [MASKED | LONG, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([BINARY, ...length, 0, 0, 0, 0]), bytes]);
}
