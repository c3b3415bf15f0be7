import mqttPacket, { type Packet } from 'mqtt-packet';
import { cutFrames } from '../../../probes/mqtt/wire.ts';

/** A control packet with its bytes; without `packet` where the bytes are not MQTT. */
export type Frame = { readonly bytes: Buffer; readonly packet?: Packet };

/** Cuts one direction of a connection into control packets. */
export type Framer = {
  take(chunk: Buffer, version: number): Frame[];
  /** Bytes of an incomplete packet. */
  rest(): Buffer;
};

/** Passes bytes that are not MQTT, which a check may send on purpose, and everything after them unchanged. */
export function openFramer(): Framer {
  let pending: Buffer = Buffer.alloc(0);
  let isMqtt = true;
  return {
    take(chunk, version) {
      if (!isMqtt) return [{ bytes: chunk }];
      const stream = Buffer.concat([pending, chunk]);
      try {
        const { frames, rest } = cutFrames(stream);
        pending = Buffer.from(rest);
        return frames.map((bytes) => {
          const packet = decode(bytes, version);
          return packet === undefined ? { bytes } : { bytes, packet };
        });
      } catch {
        isMqtt = false;
        pending = Buffer.alloc(0);
        return [{ bytes: stream }];
      }
    },
    rest: () => pending,
  };
}

function decode(bytes: Buffer, version: number): Packet | undefined {
  const decoded: Packet[] = [];
  const parser = mqttPacket.parser({ protocolVersion: version });
  parser.on('packet', (packet) => decoded.push(packet));
  parser.on('error', () => undefined);
  parser.parse(bytes);
  return decoded[0];
}
