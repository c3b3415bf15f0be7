import mqttPacket from '../../../probes/mqtt/codec.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';

/** Fields that a client's log leaves out. */
export type UnloggedFields = {
  readonly clientId: string;
  readonly user: string;
  readonly password?: string;
  readonly keepAlive: number;
  readonly topic: string;
};

/** Size of a packet in MQTT 3.1.1, in bytes. Throws an Error for a type that no client here exchanges. */
export function bytesOf({ type, qos = 0, topic, payloadBytes = 0 }: Packet, fields: UnloggedFields): number {
  switch (type) {
    case 'CONNECT': {
      const { clientId, user: username, keepAlive: keepalive } = fields;
      const password = fields.password === undefined ? {} : { password: Buffer.from(fields.password) };
      return mqttPacket.generate({ cmd: 'connect', clientId, username, ...password, keepalive, clean: true }).length;
    }
    case 'PUBLISH': {
      const payload = Buffer.alloc(payloadBytes);
      const level = qos === 0 ? 0 : qos === 1 ? 1 : 2;
      const message = {
        topic: topic ?? fields.topic,
        payload,
        qos: level,
        dup: false,
        retain: false,
        messageId: 1,
      } as const;
      return mqttPacket.generate({ cmd: 'publish', ...message }).length;
    }
    case 'SUBSCRIBE': {
      const subscriptions = [{ topic: fields.topic, qos: 0 as const }];
      return mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions }).length;
    }
    case 'SUBACK':
      return 5;
    case 'CONNACK':
    case 'PUBACK':
      return 4;
    case 'PINGREQ':
    case 'PINGRESP':
      return 2;
    default:
      throw new Error(`a client that keeps its connection exchanges no ${type}`);
  }
}
