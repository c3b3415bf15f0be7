import test from 'ava';
import { bytesOf } from '../../../../../checks/keepalive/traffic/bytes.ts';
import type { Packet, PacketType } from '../../../../../probes/mqtt/packet.ts';

const FIELDS = { clientId: 'c1', user: 'sam', password: 'sampw', keepAlive: 5, topic: 'status' };

/** [packet of MQTT 3.1.1; its bytes in a capture] */
const sizes: readonly (readonly [packet: Partial<Packet> & { readonly type: PacketType }, bytes: number])[] = [
  [{ type: 'CONNECT' }, 28],
  [{ type: 'CONNACK' }, 4],
  [{ type: 'SUBSCRIBE' }, 13],
  [{ type: 'SUBACK' }, 5],
  [{ type: 'PUBLISH', qos: 0, payloadBytes: 5 }, 15],
  [{ type: 'PUBLISH', qos: 1, payloadBytes: 5 }, 17],
  [{ type: 'PUBLISH', qos: 1, payloadBytes: 200 }, 213],
  [{ type: 'PUBLISH', qos: 0, payloadBytes: 0, topic: 'a' }, 5],
  [{ type: 'PUBACK' }, 4],
  [{ type: 'PINGREQ' }, 2],
  [{ type: 'PINGRESP' }, 2],
];

for (const [packet, bytes] of sizes) {
  test(`${packet.type} ${packet.qos ?? ''} ${packet.payloadBytes ?? ''} takes ${bytes} bytes`, (t) => {
    t.is(bytesOf({ direction: 'sent', at: 0, ...packet }, FIELDS), bytes);
  });
}

test('counts the bytes of a password, and throws for a packet that no client exchanges', (t) => {
  const of = (password: string) => bytesOf({ direction: 'sent', at: 0, type: 'CONNECT' }, { ...FIELDS, password });
  t.is(of('é') - of('e'), 1);
  t.throws(() => bytesOf({ direction: 'sent', at: 0, type: 'AUTH' }, FIELDS), { message: /no AUTH/ });
});
