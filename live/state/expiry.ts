/** When a broker may give up a silent client, in milliseconds from its last packet. */
export type Expiry = { readonly fromMs: number; readonly toMs: number };

/** What two hosts' clocks, a report over SSH and a busy machine may add. */
const SLACK_MS = 5_000;

/**
 * The standard asks for 1.5 K. Mosquitto before 2.0.21 looks every 6 s in whole seconds, later versions every second;
 * a broker of unknown version may take up to 2.25 K, as RabbitMQ does.
 */
export function expiryOf(keepAlive: number, version: string | undefined): Expiry {
  const fromMs = (Math.floor(1.5 * keepAlive) - 2) * 1000;
  if (version === undefined) return { fromMs, toMs: (2.25 * keepAlive + 7) * 1000 + SLACK_MS };
  return { fromMs, toMs: (1.5 * keepAlive + (looksEverySecond(version) ? 2 : 7)) * 1000 + SLACK_MS };
}

/** Whether this version of Mosquitto is 2.0.21 or later. */
export function looksEverySecond(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > 2 || (major === 2 && (minor > 0 || patch >= 21));
}
