import type { Version } from '../../probes/mqtt/session.ts';

/** Protocol levels that a check can be about: 3.1.1 and 5. */
export const VERSIONS: readonly Version[] = [4, 5];

/** As the last word of a check's id. */
export function tagOf(version: Version): string {
  return version === 4 ? 'v311' : 'v5';
}

/** As a check's subject names it. */
export function mqttVersion(version: Version): '3.1.1' | '5' {
  return version === 4 ? '3.1.1' : '5';
}

/** As the last words of a claim. */
export function overOf(version: Version): string {
  return version === 4 ? 'over MQTT 3.1.1' : 'over MQTT 5';
}
