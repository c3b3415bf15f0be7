import process from 'node:process';
import { type Exchange, type Offset, offsetBetween, offsetOf } from '../../../probes/clients/clock-offset.ts';
import { now } from '../../../probes/mqtt/packet.ts';
import type { RawSession } from '../../../probes/mqtt/raw-session.ts';
import type { Clock } from '../../../records/measured/clock.ts';
import { bootIdHere } from '../../harness/system.ts';
import type { MeasuringFixture } from './fixture.ts';

/** Converts times of the Pi's clock. */
export type PiTime = {
  readonly clock: Clock;
  /** From nanoseconds of the Pi's clock to milliseconds since 1970 of this machine's. */
  toHere(piNs: number): number;
};

const EXCHANGES = 40;
const EXCHANGE_MS = 5_000;

/**
 * What to add to `now()` for CLOCK_MONOTONIC, in nanoseconds. Reads both clocks 20 times, because the fastest reading
 * is the most exact.
 */
const MONOTONIC_NS = Array.from({ length: 20 }, () => {
  const before = Number(process.hrtime.bigint());
  const here = now() * 1e6;
  const tookNs = Number(process.hrtime.bigint()) - before;
  return { tookNs, ns: before + tookNs / 2 - here };
}).reduce((best, one) => (one.tookNs < best.tookNs ? one : best)).ns;

/**
 * Runs work, and reads the Pi's clock before and after it. On one kernel (equal boot_id) the Pi's clock is this
 * machine's; otherwise exchanges through the broker measure its offset and drift. `work` gets the fastest round trip.
 */
export async function withPiTime<T>(
  fixture: MeasuringFixture,
  listener: RawSession,
  work: (roundTripMs: number) => Promise<T>,
): Promise<{ readonly result: T; readonly time: PiTime }> {
  const { bootId } = await fixture.event('clock');
  const first = await readOffset(fixture, listener, 'first');
  const result = await work((2 * first.uncertainNs) / 1e6);
  const last = await readOffset(fixture, listener, 'last');
  return { result, time: piTime(bootId === (await bootIdHere()), first, last) };
}

type Reading = Offset & { readonly at: number };

/** A time namespace can shift a clock by any amount; a smaller offset than this counts as none. */
const SHIFTED_NS = 1e6;

/**
 * On one kernel both clocks are the same unless the exchanges contradict it: a container may have a time namespace
 * (time_namespaces(7)).
 */
export function piTime(isSameKernel: boolean, first: Reading, last: Reading): PiTime {
  const isSame = isSameKernel && [first, last].every(({ ns, uncertainNs }) => Math.abs(ns) <= uncertainNs + SHIFTED_NS);
  const offset = isSame ? () => 0 : offsetBetween(first, last);
  const uncertainNs = Math.max(first.uncertainNs, last.uncertainNs);
  return {
    clock: isSame
      ? { kind: 'same' }
      : { kind: 'exchanged', uncertaintyUs: Math.round(uncertainNs / 1e3), exchanges: 2 * EXCHANGES },
    toHere: (piNs) => (piNs + offset(piNs) - MONOTONIC_NS) / 1e6,
  };
}

/** Exchanges messages with the Pi, so that only the broker's port must be open. */
async function readOffset(fixture: MeasuringFixture, listener: RawSession, round: string): Promise<Reading> {
  const { sending, roles } = fixture;
  const exchanges: Exchange[] = [];
  for (let index = 0; index < EXCHANGES; index += 1) {
    const name = `${round}-${index}`;
    await fixture.order('ping', name);
    const answer = Buffer.from(`${fixture.nonce} pong ${name} `);
    const pong = await listener.packet(
      ({ type, direction, payload }) =>
        type === 'PUBLISH' && direction === 'received' && payload?.subarray(0, answer.length).equals(answer) === true,
      `answer of the Pi's clock on ${roles.topic}`,
      EXCHANGE_MS,
    );
    const question = sending.packets.findLast(({ type, direction }) => type === 'PUBLISH' && direction === 'sent');
    const [came = 0, left = 0] = (pong.payload?.toString().split(' ').slice(3) ?? []).map(Number);
    const asked = question?.at ?? pong.at;
    exchanges.push({ asked: monotonicNs(asked), came, left, answered: monotonicNs(pong.at) });
  }
  const offset = offsetOf(exchanges);
  if (offset === undefined) throw new Error("no exchange with the Pi's clock");
  return { ...offset, at: exchanges.at(-1)?.came ?? 0 };
}

function monotonicNs(at: number): number {
  return at * 1e6 + MONOTONIC_NS;
}
