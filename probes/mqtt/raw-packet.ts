import type { Packet as Wire } from 'mqtt-packet';
import mqttPacket from './codec.ts';
import type { Packet } from './packet.ts';
import type { RawOptions } from './raw-options.ts';
import type { Version } from './session.ts';

const HOUR_S = 3_600;
const PLAIN_DISCONNECT = Buffer.from('e000', 'hex');

/** The bytes of a control packet, as few as the version allows. */
export function packetBytes(packet: Wire, protocolVersion: Version): Buffer {
  // mqtt-packet writes MQTT 5's reason code 0, which may be omitted (MQTT 5, 3.14.2.1)
  if (packet.cmd === 'disconnect' && packet.reasonCode === undefined) return PLAIN_DISCONNECT;
  return mqttPacket.generate(packet, { protocolVersion });
}

/** A client's answer by the standard (MQTT 3.1.1, 4.3); undefined: none. */
export function acknowledgement({ direction, type, qos, packetId, code = 0 }: Packet): Wire | undefined {
  if (direction === 'sent' || packetId === undefined) return undefined;
  // with code 0, mqtt-packet omits the code and the length of the properties (MQTT 5, 3.4.2.1)
  const success = { messageId: packetId, reasonCode: 0 };
  if (type === 'PUBLISH') return { cmd: qos === 2 ? 'pubrec' : 'puback', ...success };
  if (type === 'PUBREC' && code < 0x80) return { cmd: 'pubrel', ...success };
  return type === 'PUBREL' ? { cmd: 'pubcomp', ...success } : undefined;
}

export function connectPacket(
  { login, will, clean = true, ...options }: RawOptions,
  protocolVersion: Version,
  clientId: string,
): Wire {
  const { sessionExpiry = clean ? 0 : HOUR_S, willDelay } = options;
  const delay = willDelay === undefined ? {} : { properties: { willDelayInterval: willDelay } };
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion,
    clean,
    clientId,
    keepalive: options.keepAlive ?? 60,
    ...(protocolVersion === 5 && sessionExpiry > 0 ? { properties: { sessionExpiryInterval: sessionExpiry } } : {}),
    ...(login === undefined ? {} : { username: login.user }),
    ...(login?.password === undefined ? {} : { password: Buffer.from(login.password) }),
    ...(will === undefined ? {} : { will: { ...will, ...delay } }),
  };
}
