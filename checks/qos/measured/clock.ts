import process from 'node:process';
import { type Exchange, type Offset, offsetBetween, offsetOf } from '../../../probes/clients/clock-offset.ts';
import { now } from '../../../probes/mqtt/packet.ts';
import type { RawSession } from '../../../probes/mqtt/raw-session.ts';
import type { Clock } from '../../../records/measured/clock.ts';
import { type MeasuringFixture, ownBootId } from './fixture.ts';

/** Moments of the Pi's clock in this machine's time, in milliseconds since 1970. */
export type PiTime = { readonly clock: Clock; toHere(piNs: number): number };

const EXCHANGES = 40;
const EXCHANGE_MS = 5_000;

/** From this process's clock to CLOCK_MONOTONIC, which Node's own counts by: what lay between reading the one and the other least apart. */
const MONOTONIC_NS = Array.from({ length: 20 }, () => {
  const before = Number(process.hrtime.bigint());
  const here = now() * 1e6;
  const apart = Number(process.hrtime.bigint()) - before;
  return { apart, ns: before + apart / 2 - here };
}).reduce((best, one) => (one.apart < best.apart ? one : best)).ns;

/**
 * Reads the Pi's clock before `work`, which is told how long a question to it takes at least, and after it. On one kernel (equal boot_id) it is this machine's; else questions and answers through the
 * broker tell its offset, and what it drifted meanwhile.
 */
export async function withPiTime<T>(
  fixture: MeasuringFixture,
  listening: RawSession,
  work: (roundTripMs: number) => Promise<T>,
): Promise<{ readonly result: T; readonly time: PiTime }> {
  const { bootId } = await fixture.event('clock');
  const first = await ask(fixture, listening, 'first');
  const result = await work((2 * first.uncertainNs) / 1e6);
  const last = await ask(fixture, listening, 'last');
  return { result, time: piTime(bootId === (await ownBootId()), first, last) };
}

type Reading = Offset & { readonly at: number };

/** A time namespace shifts a clock by as much as its maker wants; one that is off by less than this is taken for the same. */
const SHIFTED_NS = 1e6;

/** Where both are said to be one clock, the exchanges must not contradict it: a container may have a time namespace (time_namespaces(7)). */
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

/** Each question is a message, its answer another, so that no more than the broker's port is needed. */
async function ask(fixture: MeasuringFixture, listening: RawSession, round: string): Promise<Reading> {
  const { sending, roles } = fixture;
  const exchanges: Exchange[] = [];
  for (let index = 0; index < EXCHANGES; index += 1) {
    const name = `${round}-${index}`;
    await fixture.report('ping', name);
    const answer = Buffer.from(`${fixture.nonce} pong ${name} `);
    const pong = await listening.packet(
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
  if (offset === undefined) throw new Error("the Pi's clock was not asked");
  return { ...offset, at: exchanges.at(-1)?.came ?? 0 };
}

function monotonicNs(at: number): number {
  return at * 1e6 + MONOTONIC_NS;
}
