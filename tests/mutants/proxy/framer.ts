import mqttPacket, { type Packet } from 'mqtt-packet';
import { cutFrames } from '../../../probes/mqtt/wire.ts';

/** A control packet with its bytes; without `packet` where the bytes are no MQTT. */
export type Frame = { readonly bytes: Buffer; readonly packet?: Packet };

/** Cuts one direction of a connection into control packets. */
export type Framer = {
  take(chunk: Buffer, version: number): Frame[];
  /** Bytes of a packet that has not come to its end. */
  rest(): Buffer;
};

/** Bytes that are no MQTT, such as a check sends on purpose, come out as they went in, and so does all that follows them. */
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
