import type { Traffic } from '../../../records/measured/traffic.ts';
import { counted, listed, whole } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';
import { assumedPeriodsText, type Pinging, periodOf } from './keep-alive-period.ts';

const DAY_S = 86_400;

/** What an idle connection costs in a day, in bytes. */
export type Daily = { readonly pings: number; readonly mqttBytes: number; readonly ipBytes: number | undefined };

/** A day of pings at the measured period and cost; undefined where no ping was measured. */
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

/** How far the ratio of the periods may be from the ratio of the keep alives. */
const PERIOD_TOLERANCE = 0.1;
/** How far apart the costs of two pings may be: TCP sends some acknowledgements in segments of their own. */
const COST_TOLERANCE = 0.25;

/** What the faster keep alive cost against the slower one: as measured, and in a day. */
export function costConclusion(fast: Traffic, slow: Traffic): Conclusion {
  const wanted = slow.keepAlive / fast.keepAlive;
  const ratio = periodOf(slow).seconds / periodOf(fast).seconds;
  const isAsWanted = isNear(ratio, wanted, PERIOD_TOLERANCE);
  const assumed = assumedPeriodsText([fast, slow]);
  const keepAlives = `the ratio of the keep alives is ${round(wanted)}`;
  const pings = `In ${seconds(fast.durationMs)} the connection with ${fast.keepAlive} s sent ${pingsText(fast)}; in ${seconds(slow.durationMs)} the one with ${slow.keepAlive} s sent ${pingsText(slow)}`;
  const text =
    assumed === undefined
      ? `${pings}: ${ratio.toFixed(1)} times as often, ${isAsWanted ? 'and' : 'although'} ${keepAlives}.`
      : `${pings}. ${assumed}${isAsWanted ? '' : ` So it pinged ${ratio.toFixed(1)} times as often, although ${keepAlives}.`}`;
  const conclude = !isAsWanted ? contradicted : assumed === undefined ? confirmed : inconclusive;
  const day = dayText(fast, slow);
  if (day === undefined) return isAsWanted ? inconclusive(text) : contradicted(text);
  const [one, other] = costsOf(fast, slow, day.unit);
  if (one === other) return conclude(`${text} ${day.text}.`);
  const costs = `a ping took ${round(one)} and ${round(other)} bytes`;
  return isNear(one, other, COST_TOLERANCE)
    ? conclude(`${text} ${day.text}; ${costs}.`)
    : contradicted(`${text} ${day.text}, and not only because it pings more often: ${costs}.`);
}

type Unit = 'IP' | 'MQTT';

/** `In an idle day that is 3.11 MB against 622 kB of IP: 5.0 times as much`. */
function dayText(fast: Traffic, slow: Traffic): { readonly text: string; readonly unit: Unit } | undefined {
  const [dear, cheap] = [dailyOf(fast), dailyOf(slow)];
  if (dear === undefined || cheap === undefined) return undefined;
  const isOfIp = dear.ipBytes !== undefined && cheap.ipBytes !== undefined;
  const [more, less] = isOfIp ? [dear.ipBytes ?? 0, cheap.ipBytes ?? 0] : [dear.mqttBytes, cheap.mqttBytes];
  const unit = isOfIp ? 'IP' : 'MQTT';
  const text = `In an idle day that is ${amountText(more)} against ${amountText(less)} of ${unit}: ${(more / less).toFixed(1)} times as much`;
  return { text, unit };
}

function costsOf(fast: Traffic, slow: Traffic, unit: Unit): [number, number] {
  const bytes = ({ perPing }: Traffic) => (unit === 'IP' ? perPing?.ipBytes : perPing?.mqttBytes) ?? 0;
  return [bytes(fast), bytes(slow)];
}

function isNear(value: number, wanted: number, tolerance: number): boolean {
  return Math.abs(value / wanted - 1) <= tolerance;
}

/** `15 PINGREQ, one every 5.00 s`. */
function pingsText(traffic: Traffic): string {
  const { kind, seconds: period } = periodOf(traffic);
  return `${traffic.pings} PINGREQ${kind === 'measured' ? `, one every ${period.toFixed(2)} s` : ''}`;
}

/** What one ping costs, and how much of it is MQTT. */
export function pingConclusion({ perPing }: Traffic): Conclusion {
  if (perPing === undefined) return inconclusive('No ping was alone on the connection, so its cost is unknown.');
  const { mqttBytes, ipBytes, segments } = perPing;
  if (ipBytes === undefined || segments === undefined) {
    return inconclusive(
      `A ping is ${mqttBytes} bytes of MQTT. Its bytes of IP are unknown: the kernel’s counters could not be read.`,
    );
  }
  const headers = ((1 - mqttBytes / ipBytes) * 100).toFixed(1);
  const parts = `A ping is ${mqttBytes} bytes of MQTT (PINGREQ and PINGRESP${mqttBytes === 4 ? ', 2 each' : ''}) and ${ipBytes} bytes of IP in ${segments} segments`;
  return segments >= 2.5 && segments <= 3.5
    ? confirmed(
        `${parts}: the request, the answer and the acknowledgement of the answer. ${headers} % of it is headers of IP and TCP.`,
      )
    : contradicted(`${parts} on average; request, answer and its acknowledgement make 3.`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** The bytes over time of several connections in words. */
export function stepsText(series: readonly Traffic[]): string {
  const ofEach = series.map(({ keepAlive, samples, pings, durationMs }) => {
    const last = samples.at(-1);
    const bytes = last?.ipBytes ?? last?.mqttBytes ?? 0;
    return `with a keep alive of ${keepAlive} s ${counted(bytes, 'byte')} after ${seconds(durationMs)}, in ${counted(pings, 'step')}, one per ping`;
  });
  return `Cumulative bytes over time: ${listed(ofEach)}.`;
}
