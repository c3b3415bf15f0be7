import { NotSeen, within } from '../../../probes/feed.ts';
import type { End, RawSession, RawWish } from '../../../probes/raw-session.ts';
import type { Version } from '../../../probes/session.ts';
import type { Finding } from '../support/check.ts';
import { evidence, ownPackets } from '../support/evidence.ts';
import { watchStalls } from '../support/stall.ts';
import type { World } from '../support/world.ts';
import { AT_ONCE_MS } from '../will/at-once.ts';
import type { WillCast } from '../will/cast.ts';
import { judgeWills } from '../will/judge.ts';
import { newWill, openOwner } from '../will/owner.ts';
import { type Stages, since } from '../will/stage.ts';
import { leftBy, ownerEvidence, socketEnd, willEvents } from '../will/story.ts';
import { expiryWindow, judgeExpiry } from './expiry.ts';

/** On top of the window, so that a late will is told as late and not as missing. */
const LATER_MS = 4_000;
/** Connecting, cutting a Pi off and the sentinel, on top of the expiry. */
export const AROUND_EXPIRY_MS = 60_000;

/** A client that sends nothing any more, and no acknowledgement either. */
export function silentWish(keepAlive: number): Partial<RawWish> {
  return { keepAlive, acknowledges: () => false };
}

/** Has a client with a last will fall silent, and judges when the broker publishes it and closes the connection. */
export async function silentOwner(
  world: World,
  stages: Stages,
  cast: WillCast,
  version: Version,
  keepAlive: number,
): Promise<Finding> {
  return await stages(cast, version, async (stage) => {
    const will = newWill(cast);
    await using client = await openOwner(world, cast, version, will, silentWish(keepAlive));
    const other = otherKeepAlive(client, keepAlive);
    if (other !== undefined) return other;
    const stalls = watchStalls();
    const { lastAt, answeredMs } = lastSent(client);
    const { fromMs, toMs } = expiryWindow(keepAlive, world.live.broker.version);
    const boundMs = toMs + LATER_MS;
    const [first, end] = await Promise.all([stage.first(will.text, boundMs), endWithin(client, boundMs)]);
    const seen = await stage.untilSentinel(will.text);
    const passedOnMs = stage.slowestSince(lastAt + fromMs);
    const willAfterMs = first === undefined ? undefined : since(lastAt, first);
    const uncertainMs = answeredMs + passedOnMs + stalls.stop();
    const silence = { willAfterMs, closedAfterMs: closedAfter(end, lastAt), keepAlive, uncertainMs };
    const judged = judgeSilence(silence, world.live.broker.version);
    const counted = judgeWills(will, 1, seen);
    const events = await willEvents(world, {
      owner: leftBy(client, will),
      cause: { at: lastAt, what: lastSentText(client) },
      end: socketEnd(end),
      wills: seen,
    });
    const packets = [...ownerEvidence(cast.role, client.packets), ...stage.evidence(will.text), ...events];
    return {
      ...(counted.verdict === 'pass' || first === undefined ? judged.finding : counted),
      waitMs: Math.max(0, silence.willAfterMs ?? 0, silence.closedAfterMs ?? 0),
      observed: { wills: seen.length, ...judged.observed },
      evidence: packets,
    };
  });
}

/** Without a last will: judges only when the broker closes the connection. */
export async function silentClient(world: World, client: RawSession, keepAlive: number): Promise<Finding> {
  const other = otherKeepAlive(client, keepAlive);
  if (other !== undefined) return other;
  const stalls = watchStalls();
  const { lastAt, answeredMs } = lastSent(client);
  const { version } = world.live.broker;
  const end = await endWithin(client, expiryWindow(keepAlive, version).toMs + LATER_MS);
  const closedAfterMs = closedAfter(end, lastAt);
  const uncertainMs = answeredMs + stalls.stop();
  const { finding, observed } = judgeSilence({ closedAfterMs, keepAlive, uncertainMs }, version);
  const wait = closedAfterMs === undefined ? {} : { waitMs: closedAfterMs };
  return { ...finding, ...wait, observed, evidence: evidence('client', ownPackets(client.packets, [])) };
}

export type Silence = {
  readonly keepAlive: number;
  /** From the client's last packet, in milliseconds; undefined: the broker has not closed the connection. */
  readonly closedAfterMs: number | undefined;
  /** Absent where there is no last will; undefined: it has not come. */
  readonly willAfterMs?: number | undefined;
  /** How much of that may be no delay of the broker's. */
  readonly uncertainMs?: number;
};

/**
 * The connection closed within the window of the broker's version, and the last will, where there is one, published within it too: that comes with
 * the closing, and reaches its observer at once.
 */
export function judgeSilence(silence: Silence, version: string | undefined) {
  const { keepAlive, closedAfterMs, willAfterMs, uncertainMs } = silence;
  const seconds = expiryWindow(keepAlive, version).toMs / 1000 + LATER_MS / 1000;
  const failures: string[] = [];
  const judge = (did: string, didNot: string, afterMs: number | undefined, sinceClosing = false) => {
    if (afterMs === undefined) {
      failures.push(`${didNot} within ${seconds} s of the client's last packet`);
      return undefined;
    }
    const judged = judgeExpiry(afterMs, keepAlive, version, uncertainMs);
    if (judged.verdict === 'fail' && !sinceClosing) failures.push(`${did} ${judged.reason}`);
    return judged.lateMs;
  };
  const closed = ['the broker closed the connection', 'the broker did not close the connection'] as const;
  const came = ['the last will came', 'the last will did not come'] as const;
  const closedLateMs = judge(...closed, closedAfterMs);
  const lateMs = 'willAfterMs' in silence ? judge(...came, willAfterMs, isSinceClosing(silence)) : closedLateMs;
  const [reason] = failures;
  const finding = reason === undefined ? ({ verdict: 'pass' } as const) : ({ verdict: 'fail', reason } as const);
  const will = 'willAfterMs' in silence ? { willAfterMs } : {};
  return { finding, observed: { closedAfterMs, ...will, lateMs, uncertainMs } };
}

/** A last will that comes at once behind the closing of the connection was published with it, and is in time where that is. */
function isSinceClosing({ willAfterMs, closedAfterMs, uncertainMs = 0 }: Silence): boolean {
  if (willAfterMs === undefined || closedAfterMs === undefined) return false;
  const behindMs = willAfterMs - closedAfterMs;
  return behindMs >= 0 && behindMs <= AT_ONCE_MS + uncertainMs;
}

/** MQTT 5: a broker may set a keep alive of its own (MQTT 5, 3.2.2.3.14); then there is nothing to see of the one that was asked for. */
export function otherKeepAlive({ packets }: Pick<RawSession, 'packets'>, keepAlive: number): Finding | undefined {
  const texts = packets.find(({ type }) => type === 'CONNACK')?.properties ?? [];
  const set = texts.map((text) => /^serverKeepAlive (\d+)$/.exec(text)?.[1]).find((seconds) => seconds !== undefined);
  if (set === undefined || Number(set) === keepAlive) return undefined;
  return {
    verdict: 'skipped',
    observed: { serverKeepAlive: Number(set) },
    reason: `the broker sets a keep alive of ${set} s`,
  };
}

/**
 * When the client sent its last packet, in milliseconds since 1970, and how much later the broker may have got it: its answer came then.
 * 0 where none came.
 */
export function lastSent({ packets }: Pick<RawSession, 'packets'>): { lastAt: number; answeredMs: number } {
  const index = packets.findLastIndex(({ direction }) => direction === 'sent');
  const last = packets[index];
  if (last === undefined) throw new Error('the client sent nothing');
  const answers = ['CONNACK', 'SUBACK', 'PUBACK', 'PINGRESP'];
  const answer = packets.slice(index).find(({ type, direction }) => direction === 'received' && answers.includes(type));
  return { lastAt: last.at, answeredMs: answer === undefined ? 0 : Math.round(answer.at - last.at) };
}

/** What a silent client's time counts from, in words. */
export function lastSentText({ packets }: Pick<RawSession, 'packets'>): string {
  const last = packets.findLast(({ direction }) => direction === 'sent');
  return `${last?.type ?? 'nothing'}, then silence`;
}

/** How the broker ended the connection; undefined: it did not within the bound. */
export async function endWithin(client: RawSession, boundMs: number): Promise<End | undefined> {
  return await within(client.ended, 'end of the connection', boundMs).catch((error: unknown) => {
    if (error instanceof NotSeen) return undefined;
    throw error;
  });
}

export function closedAfter(end: End | undefined, lastAt: number): number | undefined {
  return end === undefined || end.by === 'client' ? undefined : Math.round(end.at - lastAt);
}
