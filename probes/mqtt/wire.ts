import type { Packet as Decoded, ISubackPacket, IUnsubackPacket } from 'mqtt-packet';
import mqttPacket from './codec.ts';
import type { ConnectFields, Packet, PacketType } from './packet.ts';

type Direction = Packet['direction'];

/** Decodes both directions of one connection, by the version of the CONNECT that passes. */
export type Wire = {
  /** The control packets that `chunk` completes. Throws an Error on bytes that are not MQTT. */
  take(direction: Direction, chunk: Buffer, at: number): Packet[];
};

export function openWire(): Wire {
  const pending: Record<Direction, Buffer> = { sent: Buffer.alloc(0), received: Buffer.alloc(0) };
  let version = 4;
  return {
    take(direction, chunk, at) {
      const { frames, rest } = cutFrames(Buffer.concat([pending[direction], chunk]));
      pending[direction] = Buffer.from(rest);
      return frames.map((frame) => {
        const decoded = decode(frame, version);
        if (decoded.cmd === 'connect') version = decoded.protocolVersion ?? 4;
        return describePacket(decoded, { direction, at, bytes: frame.length });
      });
    },
  };
}

/** Cuts a stream into whole packets: one byte, the remaining length in one to four, and that many bytes (MQTT 3.1.1, section 2.2). */
export function cutFrames(stream: Buffer): { frames: Buffer[]; rest: Buffer } {
  const frames: Buffer[] = [];
  let rest = stream;
  for (;;) {
    const length = frameLength(rest);
    if (length === undefined || rest.length < length) return { frames, rest };
    frames.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
}

function frameLength(stream: Buffer): number | undefined {
  let remaining = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = stream[index];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return 1 + index + remaining;
  }
  throw new Error('a remaining length of more than four bytes');
}

const SUBACK = 0x90;

/** mqtt-packet refuses a SUBACK of 3.1.1 with a code that the standard reserves, which ejabberd sends. */
function decodeSuback(frame: Buffer): Decoded {
  const start = frame.findIndex((byte, index) => index > 0 && byte < 0x80) + 1;
  return { cmd: 'suback', messageId: frame.readUInt16BE(start), granted: [...frame.subarray(start + 2)] };
}

function decode(frame: Buffer, version: number): Decoded {
  if (frame[0] === SUBACK && version < 5) return decodeSuback(frame);
  const decoded: Decoded[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on('packet', (packet) => decoded.push(packet));
  parser.on('error', (error) => {
    throw error;
  });
  parser.parse(frame);
  const [packet] = decoded;
  if (packet === undefined) throw new Error(`not a control packet: ${frame.subarray(0, 16).toString('hex')}`);
  return packet;
}

function describePacket(decoded: Decoded, seen: { direction: Direction; at: number; bytes: number }): Packet {
  const properties = propertyTexts(decoded);
  const named = { ...seen, type: TYPES[decoded.cmd], ...(properties.length === 0 ? {} : { properties }) };
  const id = { packetId: decoded.messageId ?? 0 };
  switch (decoded.cmd) {
    case 'connect':
      return { ...named, connect: connectFields(decoded) };
    case 'connack': {
      const code = decoded.reasonCode ?? decoded.returnCode ?? 0;
      return { ...named, code, sessionPresent: decoded.sessionPresent };
    }
    case 'publish': {
      const { qos, dup, retain, topic } = decoded;
      const payload = Buffer.from(decoded.payload);
      const fields = { ...named, qos, dup, retain, topic, payload, payloadBytes: payload.length };
      return qos === 0 ? fields : { ...fields, ...id };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return { ...named, ...id, code: decoded.reasonCode ?? 0 };
    case 'subscribe':
      return { ...named, ...id, filters: decoded.subscriptions.map(({ topic, qos }) => ({ filter: topic, qos })) };
    case 'unsubscribe':
      return { ...named, ...id, filters: decoded.unsubscriptions.map((filter) => ({ filter })) };
    case 'suback':
    case 'unsuback':
      return { ...named, ...id, codes: codesOf(decoded) };
    case 'disconnect':
    case 'auth':
      return { ...named, code: decoded.reasonCode ?? 0 };
    default:
      return named;
  }
}

/** MQTT 5 properties as text, without authentication data, which is secret. */
function propertyTexts(decoded: Decoded): string[] {
  const properties = 'properties' in decoded ? (decoded.properties ?? {}) : {};
  return Object.entries(properties).map(([name, value]) => {
    if (name === 'authenticationData') return name;
    return `${name} ${Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : JSON.stringify(value)}`;
  });
}

function codesOf({ granted }: ISubackPacket | IUnsubackPacket): number[] {
  // a 3.1.1 UNSUBACK has no codes
  return [...(granted ?? [])].filter((code): code is number => typeof code === 'number');
}

function connectFields(connect: Extract<Decoded, { cmd: 'connect' }>): ConnectFields {
  const { will, username } = connect;
  return {
    version: connect.protocolVersion ?? 4,
    clientId: connect.clientId,
    clean: connect.clean ?? true,
    keepAlive: connect.keepalive ?? 0,
    hasPassword: connect.password !== undefined,
    ...(username === undefined ? {} : { user: username }),
    ...(will === undefined
      ? {}
      : {
          will: {
            topic: will.topic,
            payload: Buffer.from(will.payload),
            qos: will.qos ?? 0,
            retain: will.retain ?? false,
          },
        }),
  };
}

const TYPES: Readonly<Record<Decoded['cmd'], PacketType>> = {
  connect: 'CONNECT',
  connack: 'CONNACK',
  publish: 'PUBLISH',
  puback: 'PUBACK',
  pubrec: 'PUBREC',
  pubrel: 'PUBREL',
  pubcomp: 'PUBCOMP',
  subscribe: 'SUBSCRIBE',
  suback: 'SUBACK',
  unsubscribe: 'UNSUBSCRIBE',
  unsuback: 'UNSUBACK',
  pingreq: 'PINGREQ',
  pingresp: 'PINGRESP',
  disconnect: 'DISCONNECT',
  auth: 'AUTH',
};
