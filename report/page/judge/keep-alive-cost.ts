import type { Traffic } from '../../../records/measured/traffic.ts';
import { counted, listed, whole } from '../format.ts';
import { type Pinging, periodOf, unknownPeriods } from './keep-alive-period.ts';
import type { Sentence } from './sentence.ts';

const DAY_S = 86_400;

/** What an idle connection costs in a day, in bytes; undefined where no ping was seen alone. */
export type Daily = { readonly pings: number; readonly mqttBytes: number; readonly ipBytes: number | undefined };

/** A day of pings, each as long after the one before as it was seen to be, at what one was measured to cost. */
export function dailyOf(traffic: Pinging & Pick<Traffic, 'perPing'>): Daily | undefined {
  const { perPing } = traffic;
  if (perPing === undefined) return undefined;
  const pings = DAY_S / periodOf(traffic).seconds;
  return {
    pings,
    mqttBytes: pings * perPing.mqttBytes,
    ipBytes: perPing.ipBytes === undefined ? undefined : pings * perPing.ipBytes,
  };
}

/** `2.76 MB`, `276 kB`, `950 B`: a thousand bytes are a kB. */
export function amountText(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(2)} MB`;
  if (bytes >= 1e4) return `${Math.round(bytes / 1e3)} kB`;
  return `${whole(bytes)} B`;
}

/** How far the ratio of the periods may be from that of the keep alives. */
const PERIOD_TOLERANCE = 0.1;
/** How far apart a ping's cost may be: TCP acknowledges some apart, which is no doing of the keep alive's. */
const COST_TOLERANCE = 0.25;

/** What the faster keep alive cost against the slower one, while both were watched and in a day: by when the pings were, not by when they should be. */
export function costSentence(fast: Traffic, slow: Traffic): Sentence {
  const wanted = slow.keepAlive / fast.keepAlive;
  const often = periodOf(slow).seconds / periodOf(fast).seconds;
  const unknown = unknownPeriods([fast, slow]);
  const isAsKept = isNear(often, wanted);
  const ratio = `the ratio of the keep alives, ${round(wanted)}`;
  const pings = `In ${seconds(fast.durationMs)} the connection with ${fast.keepAlive} s sent ${sentText(fast)}; in ${seconds(slow.durationMs)} the one with ${slow.keepAlive} s sent ${sentText(slow)}`;
  const seen =
    unknown === undefined
      ? `${pings}: ${often.toFixed(1)} times as often, ${isAsKept ? 'which is' : 'and not'} ${ratio}.`
      : `${pings}. ${unknown}${isAsKept ? '' : ` So the ratio is ${often.toFixed(1)}, and not ${ratio}.`}`;
  const says = isAsKept ? (unknown === undefined ? 'so' : 'open') : 'not so';
  const [cheap, dear] = [dailyOf(slow), dailyOf(fast)];
  if (cheap === undefined || dear === undefined) return { text: seen, says: says === 'so' ? 'open' : says };
  const isOfIp = cheap.ipBytes !== undefined && dear.ipBytes !== undefined;
  const [less, more] = isOfIp ? [cheap.ipBytes ?? 0, dear.ipBytes ?? 0] : [cheap.mqttBytes, dear.mqttBytes];
  const times = more / less;
  const day = `${seen} In an idle day that is ${amountText(more)} against ${amountText(less)} of ${isOfIp ? 'IP' : 'MQTT'}: ${times.toFixed(1)} times as much`;
  const one = bytesOf(fast, isOfIp);
  const other = bytesOf(slow, isOfIp);
  if (one === other) return { text: `${day}.`, says };
  const costs = `a ping took ${round(one)} and ${round(other)} bytes`;
  return isNear(one, other, COST_TOLERANCE)
    ? { text: `${day}; ${costs}.`, says }
    : { text: `${day}, and not only for ${ratio}: ${costs}.`, says: 'not so' };
}

function isNear(value: number, wanted: number, tolerance = PERIOD_TOLERANCE): boolean {
  return Math.abs(value / wanted - 1) <= tolerance;
}

function bytesOf({ perPing }: Traffic, isOfIp: boolean): number {
  return (isOfIp ? perPing?.ipBytes : perPing?.mqttBytes) ?? 0;
}

/** `15 PINGREQ, one each 5.00 s`. */
function sentText(traffic: Traffic): string {
  const { kind, seconds: period } = periodOf(traffic);
  return `${traffic.pings} PINGREQ${kind === 'seen' ? `, one each ${period.toFixed(2)} s` : ''}`;
}

/** What one ping costs, and how much of it is MQTT. */
export function pingSentence({ perPing }: Traffic): Sentence {
  if (perPing === undefined) return { text: 'No ping was seen alone, so that its cost is not known.', says: 'open' };
  const { mqttBytes, ipBytes, segments } = perPing;
  if (ipBytes === undefined || segments === undefined) {
    return {
      text: `A ping is ${mqttBytes} bytes of MQTT; the kernel’s counters, which have its IP, could not be read.`,
      says: 'open',
    };
  }
  const headers = ((1 - mqttBytes / ipBytes) * 100).toFixed(1);
  const parts = `A ping is ${mqttBytes} bytes of MQTT (PINGREQ and PINGRESP${mqttBytes === 4 ? ', 2 each' : ''}) and ${ipBytes} bytes of IP in ${segments} segments`;
  return segments >= 2.5 && segments <= 3.5
    ? {
        text: `${parts}: the request, the answer and the acknowledgement of the answer. ${headers} % of it is headers of IP and TCP.`,
        says: 'so',
      }
    : { text: `${parts} on average, where request, answer and its acknowledgement make 3.`, says: 'not so' };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

type Busy = Pick<Traffic, 'activity' | 'pings' | 'client'>;

/** What is known of a client: in which activities nothing is left to ping for, and why. */
const KNOWN: readonly { readonly client: RegExp; readonly spares: readonly string[]; readonly why: string }[] = [
  {
    client: /^mqtt\.js/,
    spares: ['publishes QoS 1'],
    why: 'It counts its keep alive from the last acknowledgement that it received: a message that it receives, or publishes at QoS 0, puts off no ping, and neither does a PUBACK that it sends.',
  },
  {
    client: /^mosquitto/,
    spares: ['publishes QoS 1', 'receives QoS 1'],
    why: 'libmosquitto pings when it has sent nothing, or received nothing, for its keep alive: at QoS 1 a message and its PUBACK go both ways, at QoS 0 one way stays silent.',
  },
  {
    client: /^paho-mqtt/,
    spares: [],
    why: 'Like libmosquitto it would ping when it has sent nothing or received nothing for its keep alive; but of what it sends it notes no time (_packet_write in client.py of 1.6 and 2.1 returns before it does), so that it counts from its last ping.',
  },
];

/** Why a client pinged in some activities and not in others; says so where it is not as it was known to be. */
export function busySentence(rows: readonly Busy[]): Sentence {
  const client = rows[0]?.client ?? 'a client';
  const spared = rows.filter(({ pings }) => pings === 0).map(({ activity }) => activity);
  const pinged = rows.filter(({ pings }) => pings > 0);
  const known = KNOWN.find((one) => one.client.test(client));
  const seen = [
    ...(pinged.length === 0
      ? []
      : [`sent PINGREQ while it ${listed(pinged.map(({ activity, pings }) => `${activity} (${pings})`))}`]),
    ...(spared.length === 0 ? [] : [`sent none while it ${listed(spared)}`]),
  ];
  const text = `${client} ${listed(seen)}.`;
  if (known === undefined) return { text, says: 'open' };
  const isKnown = rows.every(({ activity, pings }) => known.spares.includes(activity) === (pings === 0));
  return isKnown
    ? { text: `${text} ${known.why}`, says: 'so' }
    : {
        text: `${text} It was known to ${known.spares.length === 0 ? 'ping in every case' : `send none only while it ${listed(known.spares)}`}.`,
        says: 'not so',
      };
}

/** The bytes over time of several connections in words. */
export function stepsText(series: readonly Traffic[]): string {
  const ofEach = series.map(({ keepAlive, samples, pings, durationMs }) => {
    const last = samples.at(-1);
    const bytes = last?.ipBytes ?? last?.mqttBytes ?? 0;
    return `with a keep alive of ${keepAlive} s ${counted(bytes, 'byte')} after ${seconds(durationMs)}, in ${counted(pings, 'step')}, one a ping`;
  });
  return `Cumulative bytes over time: ${listed(ofEach)}.`;
}
