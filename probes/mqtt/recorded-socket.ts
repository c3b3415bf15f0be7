import process from 'node:process';
import { GatedSocket } from './gated-socket.ts';
import { now, type Packet } from './packet.ts';
import type { TappedSocket } from './tapped-socket.ts';
import { cutFrames, openWire } from './wire.ts';

/** A control packet that passed, and its bytes: those of a CONNECT hold the password. */
export type OnPacket = (packet: Packet, frame: Buffer) => void;

/**
 * A TCP connection to a broker, without Nagle's delay, that tells every control packet that passes, before mqtt.js sees it.
 * Received bytes that are no MQTT end it: `onNoMqtt` is told why. After such that were sent, the
 * recorder takes down nothing more of what is sent. A received packet that `admits` denies never reaches mqtt.js, which so can't answer it.
 */
export function recordedSocket(
  address: string,
  port: number,
  onPacket: OnPacket,
  onNoMqtt: (why: string) => void,
  admits: (packet: Packet) => boolean = () => true,
): TappedSocket {
  const wire = openWire();
  const pending: Record<Packet['direction'], Buffer> = { sent: Buffer.alloc(0), received: Buffer.alloc(0) };
  let deaf = false;
  /** The frames that the chunk completes and that may go on. */
  const take = (direction: Packet['direction'], chunk: Buffer, at: number): Buffer[] => {
    if (deaf && direction === 'sent') return [];
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
        // on purpose, to see what a broker makes of it
        deaf = true;
        return [];
      }
      onNoMqtt(`no MQTT on the wire: ${error instanceof Error ? error.message : String(error)}`);
      // mqtt.js gets to see them, and says in its own words what they are not
      process.nextTick(() => socket.destroy());
      return [chunk];
    }
  };
  const socket: TappedSocket = new GatedSocket(
    (bytes, at) => take('sent', bytes, at),
    (bytes) => Buffer.concat(take('received', bytes, now())),
  );
  socket.setNoDelay(true);
  socket.connect(port, address);
  return socket;
}
