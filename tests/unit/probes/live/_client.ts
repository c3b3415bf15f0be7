import { Secret } from '../../../../base/secret.ts';
import type { LiveOptions } from '../../../../probes/live/options.ts';
import type { LiveEvents, TcpEvent } from '../../../../probes/live/recording.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import { until } from '../../../lab/support/until.ts';

export const PASSWORD = 'a password of alice';
const BOUND_MS = 20_000;

/** Events as they came, as texts such as `sent CONNECT` and `client FIN`. */
export function recordedEvents() {
  const seen: string[] = [];
  const packets: Packet[] = [];
  const tcp: TcpEvent[] = [];
  const events: LiveEvents = {
    onPacket(packet) {
      packets.push(packet);
      seen.push(`${packet.direction} ${packet.type}`);
    },
    onTcp(event) {
      tcp.push(event);
      seen.push(event.by === undefined ? event.what : `${event.by} ${event.what}`);
    },
    onEnd: (why) => seen.push(why === undefined ? 'end' : `end: ${why}`),
    onFailed: (text) => seen.push(`failed: ${text}`),
  };
  const come = async (text: string | RegExp) => {
    const matches = (one: string) => (typeof text === 'string' ? one === text : text.test(one));
    return await until(`${text} among: ${seen.join(', ')}`, BOUND_MS, () => seen.find(matches));
  };
  return { seen, packets, tcp, events, come };
}

const who = { user: 'alice', password: new Secret(PASSWORD), clientId: 'live' };
export const login = { ...who, version: 4, clean: true, keepAlive: 60 } as const;

export function hereAt(endpoint: { readonly address: string; readonly port: number }): LiveOptions {
  return { ...login, program: 'mqtt.js', endpoint };
}
