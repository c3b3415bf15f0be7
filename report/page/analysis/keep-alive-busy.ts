import type { Traffic } from '../../../records/measured/traffic.ts';
import { listed } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';

type Busy = Pick<Traffic, 'activity' | 'pings' | 'client'>;

/** Known behaviour of a client: in which activities it sends no ping, and why. */
const KNOWN: readonly { readonly client: RegExp; readonly spares: readonly string[]; readonly why: string }[] = [
  {
    client: /^mqtt\.js/,
    spares: ['publishes QoS 1'],
    why: 'It counts its keep alive from the last acknowledgement that it received. A message that it receives, or publishes at QoS 0, does not delay the next ping, and a PUBACK that it sends does not either.',
  },
  {
    client: /^mosquitto/,
    spares: ['publishes QoS 1', 'receives QoS 1'],
    why: 'libmosquitto pings when it has sent nothing, or received nothing, for its keep alive: at QoS 1 a message and its PUBACK go both ways, at QoS 0 one direction stays silent.',
  },
  {
    client: /^paho-mqtt/,
    spares: [],
    why: 'Like libmosquitto it pings when it has sent nothing, or received nothing, for its keep alive. But it does not note when it sends a message (_packet_write in client.py of 1.6 and 2.1 returns before), so it counts from its last ping.',
  },
];

/** Why a client pinged in some activities and not in others; contradicted where its behaviour is known to differ. */
export function busyConclusion(rows: readonly Busy[]): Conclusion {
  const client = rows[0]?.client ?? 'a client';
  const spared = rows.filter(({ pings }) => pings === 0).map(({ activity }) => activity);
  const pinged = rows.filter(({ pings }) => pings > 0).map(({ activity, pings }) => `${activity} (${pings})`);
  const seen = [
    ...(pinged.length === 0 ? [] : [`sent PINGREQ while it ${listed(pinged)}`]),
    ...(spared.length === 0 ? [] : [`sent none while it ${listed(spared)}`]),
  ];
  const text = `${client} ${listed(seen)}.`;
  const known = KNOWN.find((one) => one.client.test(client));
  if (known === undefined) return inconclusive(text);
  const isKnown = rows.every(({ activity, pings }) => known.spares.includes(activity) === (pings === 0));
  if (isKnown) return confirmed(`${text} ${known.why}`);
  const usual = known.spares.length === 0 ? 'pings in every case' : `sends none only while it ${listed(known.spares)}`;
  return contradicted(`${text} This client usually ${usual}.`);
}
