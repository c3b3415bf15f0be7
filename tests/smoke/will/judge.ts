import type { Packet } from '../../../probes/packet.ts';
import { type DeviationName, deviationOf, type Judged, judgeByVersion } from '../support/deviations.ts';

/** A last will as its owner left it. */
export type WillWish = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
};

/**
 * What is wrong with a last will as an established subscription received it; undefined: nothing. Its RETAIN flag is 0 there whatever the will's
 * is [MQTT-3.3.1-9]; MQTT 5: [MQTT-3.3.1-12], the subscription being without Retain As Published.
 */
export function alteration({ topic, payload, qos }: WillWish, seen: Packet): string | undefined {
  if (seen.topic !== topic) return `the last will came on ${seen.topic}, not on ${topic}`;
  if (seen.payload?.equals(payload) !== true) return 'the payload of the last will was altered';
  if (seen.qos !== qos) return `the last will came at QoS ${seen.qos}, not ${qos}`;
  if (seen.retain === true) return 'the last will came with the RETAIN flag on an established subscription';
  return undefined;
}

/** As many as there should be, none of them altered. */
export function judgeWills(wish: WillWish, wanted: 0 | 1, seen: readonly Packet[]): Judged {
  if (seen.length !== wanted) {
    const shown = wanted === 1 ? 'one' : 'none';
    return { verdict: 'fail', reason: `${seen.length} last will(s) came, not ${shown}` };
  }
  const wrong = seen.map((packet) => alteration(wish, packet)).find((text) => text !== undefined);
  return wrong === undefined ? { verdict: 'pass' } : { verdict: 'fail', reason: wrong };
}

/** One last will by the standard; none where the broker's version is known to forget it. */
export function judgeForgotten(
  wish: WillWish,
  seen: readonly Packet[],
  name: DeviationName,
  version: string | undefined,
): Judged {
  if (seen.length === 0) return judgeByVersion('as the deviation says', name, version);
  const { verdict, reason = '' } = judgeWills(wish, 1, seen);
  return judgeByVersion(verdict === 'pass' ? 'as the standard says' : { otherwise: reason }, name, version);
}

/**
 * How long a will delay may take by the clock, in milliseconds. Mosquitto counts whole seconds: 2.1.2 is up to 0.2 s short; 2.0 waits for the second
 * after the delay and looks once a second, so that it is up to 2 s late. The rest is for a busy machine.
 */
export function delayWindow(delayS: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: delayS * 1000 - 500, toMs: delayS * 1000 + 5_000 };
}

/** Judges how long after the loss of its owner a delayed last will came; of that, `uncertainMs` may be no delay of the broker's. */
export function judgeDelay(afterMs: number, delayS: number, uncertainMs = 0): Judged {
  const { fromMs, toMs } = delayWindow(delayS);
  if (afterMs >= fromMs && afterMs - uncertainMs <= toMs) return { verdict: 'pass' };
  const side = afterMs < fromMs ? `before ${fromMs / 1000} s` : `after ${toMs / 1000} s`;
  return { verdict: 'fail', reason: `the last will came ${(afterMs / 1000).toFixed(1)} s after the loss, ${side}` };
}

/**
 * At once by the standard, since the session ends with the connection; after the delay where the version is known to wait for it. What `uncertainMs`
 * leaves open is what the version does.
 */
export function judgeDelayWithoutSession(
  afterMs: number,
  delayS: number,
  version: string | undefined,
  uncertainMs = 0,
): Judged {
  const name = 'will delay outlives the session';
  const { fromMs } = delayWindow(delayS);
  const isAtOnce = afterMs < fromMs || (afterMs - uncertainMs < fromMs && deviationOf(name, version) === undefined);
  if (isAtOnce) return judgeByVersion('as the standard says', name, version);
  const delayed = judgeDelay(afterMs, delayS, uncertainMs);
  const { reason = '' } = delayed;
  return judgeByVersion(delayed.verdict === 'pass' ? 'as the deviation says' : { otherwise: reason }, name, version);
}
