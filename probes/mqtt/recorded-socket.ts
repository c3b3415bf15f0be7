import process from 'node:process';
import { errorMessage } from '../../base/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { now, type Packet } from './packet.ts';
import { tap } from './tap.ts';
import { openTransport, type Transport } from './transport.ts';
import { cutFrames, openWire } from './wire.ts';

/** A control packet that passed, and its bytes: those of a CONNECT contain the password. */
export type OnPacket = (packet: Packet, frame: Buffer) => void;

export type RecordedSocketOptions = {
  readonly endpoint: Endpoint;
  readonly onPacket: OnPacket;
  /** Received bytes that are not MQTT end the connection, with this reason. */
  readonly onNoMqtt: (reason: string) => void;
  /** Whether a received packet reaches the reader, and so gets an answer. @default all do */
  readonly admits?: ((packet: Packet) => boolean) | undefined;
};

/**
 * A connection to a broker, without Nagle's delay, that records every control packet before its reader sees it. After
 * sent bytes that are not MQTT, it no longer records what is sent. Over TLS and WebSockets the packets are the same.
 */
export function recordedSocket(options: RecordedSocketOptions): Transport {
  const { endpoint, onPacket, onNoMqtt, admits = () => true } = options;
  const wire = openWire();
  const pending: Record<Packet['direction'], Buffer> = { sent: Buffer.alloc(0), received: Buffer.alloc(0) };
  let ignoresSent = false;
  /** The frames that the chunk completes and the reader may get. */
  const take = (direction: Packet['direction'], chunk: Buffer, at: number): Buffer[] => {
    if (ignoresSent && direction === 'sent') return [];
    try {
      const { frames, rest } = cutFrames(Buffer.concat([pending[direction], chunk]));
      pending[direction] = Buffer.from(rest);
      return frames.filter((frame) => {
        const packets = wire.take(direction, frame, at);
        for (const packet of packets) onPacket(packet, frame);
        return direction === 'sent' || packets.every(admits);
      });
    } catch (error) {
      if (direction === 'sent') {
        // sent on purpose, to see how the broker reacts
        ignoresSent = true;
        return [];
      }
      onNoMqtt(`no MQTT on the wire: ${errorMessage(error)}`);
      // mqtt.js reads them too, and reports them in its own words
      process.nextTick(() => transport.stream.destroy());
      return [chunk];
    }
  };
  const transport = openTransport(endpoint);
  tap(transport.stream, {
    onSent: (bytes, at) => take('sent', bytes, at),
    admit: (bytes) => Buffer.concat(take('received', bytes, now())),
  });
  return transport;
}
