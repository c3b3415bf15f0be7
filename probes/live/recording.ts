import { errorMessage } from '../../base/errors.ts';
import type { Packet } from '../mqtt/packet.ts';
import type { OnPacket } from '../mqtt/recorded-socket.ts';
import { cutFrames, openWire } from '../mqtt/wire.ts';
import type { HostClock } from './host-clock.ts';
import type { RecorderLine } from './recorder-lines.ts';

/** What TCP does; `at` in milliseconds since 1970 by this machine's clock. `by` is absent before the connection is open. */
export type TcpEvent = {
  readonly what: 'SYN' | 'open' | 'FIN' | 'RST';
  readonly by?: 'client' | 'broker';
  readonly at: number;
};

export type LiveEvents = {
  /** `frame`: its bytes, which in a CONNECT contain the password. */
  readonly onPacket: OnPacket;
  onTcp(event: TcpEvent): void;
  /** The client is gone; `why` where nobody asked for that. Called once, as the last event. */
  onEnd(why?: string): void;
  /** Something failed, in words. */
  onFailed(text: string): void;
};

/** Turns a recorder's lines into packets and TCP events. */
export function openRecording(
  clock: HostClock,
  events: Pick<LiveEvents, 'onPacket' | 'onTcp' | 'onFailed'>,
): (line: RecorderLine) => void {
  const takeBytes = openFrames(events);
  return (line) => {
    switch (line.is) {
      case 'bytes':
        return takeBytes(line.direction, Buffer.from(line.hex, 'hex'), clock.here(line.at));
      case 'connecting':
        return events.onTcp({ what: 'SYN', by: 'client', at: clock.here(line.at) });
      case 'open':
        return events.onTcp({ what: 'open', at: clock.here(line.at) });
      case 'end':
        return events.onTcp({ what: line.how, by: line.by, at: clock.here(line.at) });
      default:
        return undefined;
    }
  };
}

type Direction = Packet['direction'];

function openFrames({ onPacket, onFailed }: Pick<LiveEvents, 'onPacket' | 'onFailed'>) {
  const wire = openWire();
  const pending: Record<Direction, Buffer> = { sent: Buffer.alloc(0), received: Buffer.alloc(0) };
  const isBroken = { sent: false, received: false };
  return (direction: Direction, chunk: Buffer, at: number) => {
    if (isBroken[direction]) return;
    const decoded: Parameters<OnPacket>[] = [];
    let failure: string | undefined;
    try {
      const { frames, rest } = cutFrames(Buffer.concat([pending[direction], chunk]));
      pending[direction] = Buffer.from(rest);
      for (const frame of frames) {
        for (const packet of wire.take(direction, frame, at)) decoded.push([packet, frame]);
      }
    } catch (error) {
      isBroken[direction] = true;
      failure = `no MQTT on the wire (${direction}): ${errorMessage(error)}`;
    }
    for (const [packet, frame] of decoded) onPacket(packet, frame);
    if (failure !== undefined) onFailed(failure);
  };
}
