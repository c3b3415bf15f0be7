import type { Traffic } from '../../../records/measured/traffic.ts';
import { counted } from '../format.ts';

/** From ping to ping, in seconds with three decimals: as it was seen, or where fewer than two pings were, the keep alive that it should be. */
export type Period = { readonly kind: 'seen' | 'by the keep alive'; readonly seconds: number };

/** When a connection's pings were. */
export type Pinging = Pick<Traffic, 'keepAlive' | 'pingsAtMs' | 'durationMs'>;

/** A last ping that nothing followed for so much longer than the others were apart was the last of them: that silence counts as well. */
const FELL_SILENT = 1.5;

export function periodOf({ keepAlive, pingsAtMs, durationMs }: Pinging): Period {
  const [first, last] = [pingsAtMs[0], pingsAtMs.at(-1)];
  if (first === undefined || last === undefined || last <= first)
    return { kind: 'by the keep alive', seconds: keepAlive };
  const gaps = pingsAtMs.length - 1;
  const meanMs = (last - first) / gaps;
  const fellSilent = durationMs - last > FELL_SILENT * meanMs;
  return { kind: 'seen', seconds: Math.round(fellSilent ? (durationMs - first) / (gaps + 1) : meanMs) / 1000 };
}

/** Which connections' periods are not known, so that their keep alive stands for it; undefined: all are. */
export function unknownPeriods(series: readonly Pinging[]): string | undefined {
  const unknown = series.filter((one) => periodOf(one).kind === 'by the keep alive');
  if (unknown.length === 0) return undefined;
  const each = unknown.map(({ keepAlive, pingsAtMs }) => `${counted(pingsAtMs.length, 'ping')} with ${keepAlive} s`);
  return `From ping to ping is not known of ${each.join(' and ')}: it is computed by the keep alive.`;
}
