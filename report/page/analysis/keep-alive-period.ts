import type { Traffic } from '../../../records/measured/traffic.ts';
import { counted } from '../format.ts';

/** From ping to ping, in seconds with three decimals: measured, or the keep alive where fewer than two pings were seen. */
export type Period = { readonly kind: 'measured' | 'keep alive'; readonly seconds: number };

/** When a connection's pings were. */
export type Pinging = Pick<Traffic, 'keepAlive' | 'pingsAtMs' | 'durationMs'>;

/** After this many periods without a ping the client has fallen silent, and that silence counts too. */
const SILENT_PERIODS = 1.5;

export function periodOf({ keepAlive, pingsAtMs, durationMs }: Pinging): Period {
  const [first, last] = [pingsAtMs[0], pingsAtMs.at(-1)];
  if (first === undefined || last === undefined || last <= first) return { kind: 'keep alive', seconds: keepAlive };
  const gaps = pingsAtMs.length - 1;
  const meanMs = (last - first) / gaps;
  const fellSilent = durationMs - last > SILENT_PERIODS * meanMs;
  return { kind: 'measured', seconds: Math.round(fellSilent ? (durationMs - first) / (gaps + 1) : meanMs) / 1000 };
}

/** Names the connections whose keep alive stands in for the period; undefined where every period was measured. */
export function assumedPeriodsText(series: readonly Pinging[]): string | undefined {
  const assumed = series.filter((one) => periodOf(one).kind === 'keep alive');
  if (assumed.length === 0) return undefined;
  const each = assumed.map(({ keepAlive, pingsAtMs }) => `${counted(pingsAtMs.length, 'ping')} with ${keepAlive} s`);
  return `Too few pings to measure the time between them (${each.join(' and ')}): the keep alive stands in for it.`;
}
