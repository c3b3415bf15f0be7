import { families } from '../../checks/families.ts';
import { type Check, THIS_MACHINE } from '../../checks/harness/check.ts';
import { openTestLab } from '../../checks/harness/test-lab.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { type CheckRecord, familyOf } from '../../records/record.ts';
import { labOf } from './_lab.ts';
import { liveBrokerAt, livePiAt } from './_live.ts';

export const USERS = 33;
export const TOPICS = 32;

const name = (kind: string, index: number) => `${kind}${String(index).padStart(2, '0')}`;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const user = (index: number) => name('user', index % USERS);

/** The lab file of a class: each topic has two publishers, three subscribers and a last will. */
export function classLabText(): string {
  const users = range(USERS).map((index) => `${user(index)}: { password: secret-${index} }`);
  const topics = range(TOPICS).map((index) => {
    const [one, two, three, four, five] = range(5).map((offset) => user(index + offset));
    const rights = `publish: [${one}, ${two}], subscribe: [${three}, ${four}, ${five}], lastWill: [${one}]`;
    return `${name('room/topic', index)}: { ${rights} }`;
  });
  return `name: class\nusers: { ${users.join(', ')} }\ntopics: { ${topics.join(', ')} }\n`;
}

/** All checks of the class's lab, with a Pi. */
export function classChecks(): readonly Check[] {
  const at = { address: '127.0.0.1', port: 1 };
  const broker = liveBrokerAt(at, { host: { kind: 'local' } });
  const live: LiveLab = { lab: labOf(classLabText()), broker, pis: [livePiAt('pi', at)] };
  const testLab = openTestLab(live, new AbortController().signal);
  return Object.values(families).flatMap((family) => family(testLab));
}

const packet = (index: number) => ({
  ...{ who: 'user01', direction: 'sent', type: 'PUBLISH', at: 1_700_000_000_000 + index, bytes: 44, packetId: 7 },
  ...{ qos: 1, dup: false, retain: false, topic: 'room/topic01', payload: `publish 0123456789ab ${index}` },
});

const PACKETS = range(8).map(packet);

/** A record of the check, as long as real ones are. */
export function recordFor(check: Check, more: Partial<CheckRecord> = {}): CheckRecord {
  const { id, subject, claim, expected, host = THIS_MACHINE } = check;
  return {
    ...{ id, family: familyOf({ id }), claim, expected, observed: expected, verdict: 'pass', host },
    ...(subject === undefined ? {} : { subject }),
    evidence: PACKETS,
    versions: { broker: 'mosquitto 2.0.11', client: 'mqtt.js 5.16.0' },
    ...{ startedAt: 1_700_000_000_000, durationMs: 12 },
    ...more,
  };
}
