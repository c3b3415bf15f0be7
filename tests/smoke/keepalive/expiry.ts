import { isAtLeast } from '../support/at-least.ts';

/** When a client that went silent may lose its session, in milliseconds from its last packet. */
export type ExpiryWindow = { readonly fromMs: number; readonly toMs: number };

/**
 * The standard asks for 1.5 K [MQTT-3.1.2-24]. Mosquitto before 2.0.21 looks every 6 s, in whole seconds; later ones are exact to about a
 * second. A broker whose version is unknown gets the wider window.
 */
export function expiryWindow(keepAlive: number, version: string | undefined): ExpiryWindow {
  const fromMs = (Math.floor(1.5 * keepAlive) - 1) * 1000;
  const slackS = version !== undefined && isAtLeast(version, [2, 0, 21]) ? 2 : 7;
  return { fromMs, toMs: (1.5 * keepAlive + slackS) * 1000 };
}

export type Expiry =
  | { readonly verdict: 'pass'; readonly lateMs: number }
  | { readonly verdict: 'fail'; readonly lateMs: number; readonly reason: string };

/**
 * Judges how long after the client's last packet its will came; `lateMs` is against the standard's 1.5 K, negative when early. `uncertainMs` is how
 * much of that may be no delay of the broker's: the packet's way to it, and stalls of this process; `earlierMs` is how much earlier than told the
 * packet may have been sent.
 */
export function judgeExpiry(
  afterMs: number,
  keepAlive: number,
  version: string | undefined,
  uncertainMs = 0,
  earlierMs = 0,
): Expiry {
  const { fromMs, toMs } = expiryWindow(keepAlive, version);
  const lateMs = Math.round(afterMs - 1500 * keepAlive);
  const seconds = (afterMs / 1000).toFixed(1);
  const against = `${seconds} s after the client's last packet`;
  if (afterMs + earlierMs < fromMs) return { verdict: 'fail', lateMs, reason: `${against}, before ${fromMs / 1000} s` };
  if (afterMs - uncertainMs > toMs) return { verdict: 'fail', lateMs, reason: `${against}, after ${toMs / 1000} s` };
  return { verdict: 'pass', lateMs };
}
