import process from 'node:process';
import { type Exchange, offsetOf } from '../clients/clock-offset.ts';
import { now } from '../mqtt/packet.ts';

/** The monotonic clock of a recorder's host in this machine's time. All times are milliseconds. */
export type HostClock = {
  /** Learns from a query of `now()` that was answered at a moment of the other clock and came back now. */
  learn(asked: number, answeredAt: number): void;
  /** A moment of the other clock in milliseconds since 1970; never before an earlier result. */
  here(at: number): number;
  /** How far `here` may be wrong. */
  errorMs(): number;
};

/** Clocks drift: older exchanges say nothing about now. */
const MOST_EXCHANGES = 16;

/** @param isSame whether it is the clock of this machine, which needs no queries */
export function openHostClock(isSame: boolean): HostClock {
  // in milliseconds, since offsetOf computes in the unit of its input
  const exchanges: Exchange[] = [];
  const own = now() - Number(process.hrtime.bigint()) / 1e6;
  let offset = isSame ? { ns: own, uncertainNs: 0 } : undefined;
  let latest = 0;
  return {
    learn(asked, answeredAt) {
      if (isSame) return;
      exchanges.push({ asked, came: answeredAt, left: answeredAt, answered: now() });
      if (exchanges.length > MOST_EXCHANGES) exchanges.shift();
      offset = offsetOf(exchanges);
    },
    here(at) {
      latest = Math.max(latest, offset === undefined ? now() : at + offset.ns);
      return latest;
    },
    errorMs: () => offset?.uncertainNs ?? 0,
  };
}
