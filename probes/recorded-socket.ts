import { now, type Packet } from './packet.ts';
import { TappedSocket } from './tapped-socket.ts';
import { openWire } from './wire.ts';

/**
 * A TCP connection to a broker, without Nagle's delay, that tells every control packet that passes, before mqtt.js sees it.
 * Bytes that are no MQTT end it: `onNoMqtt` is told why.
 */
export function recordedSocket(
  address: string,
  port: number,
  onPacket: (packet: Packet) => void,
  onNoMqtt: (why: string) => void,
): TappedSocket {
  const wire = openWire();
  const take = (direction: Packet['direction'], chunk: Buffer) => {
    let packets: Packet[] = [];
    try {
      packets = wire.take(direction, chunk, now());
    } catch (error) {
      onNoMqtt(`no MQTT on the wire: ${error instanceof Error ? error.message : String(error)}`);
      socket.destroy();
    }
    for (const packet of packets) onPacket(packet);
  };
  const socket = new TappedSocket((bytes) => take('sent', bytes));
  socket.setNoDelay(true);
  socket.on('data', (bytes) => take('received', bytes));
  socket.connect(port, address);
  return socket;
}
