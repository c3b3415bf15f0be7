import type { QoS, Version } from '../../probes/mqtt/session.ts';

/** The protocol levels that checks cover: 3.1.1 and 5. */
export const VERSIONS: readonly Version[] = [4, 5];

export const QOS_LEVELS: readonly QoS[] = [0, 1, 2];

/** The protocol level in a check's id. */
export function tagOf(version: Version): string {
  return version === 4 ? 'v311' : 'v5';
}

/** The protocol level in a check's subject. */
export function mqttVersion(version: Version): '3.1.1' | '5' {
  return version === 4 ? '3.1.1' : '5';
}

/** The protocol level in a claim. */
export function overOf(version: Version): string {
  return `over MQTT ${mqttVersion(version)}`;
}
