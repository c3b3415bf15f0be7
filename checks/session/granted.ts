import type { Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { SESSION_EXPIRY_S } from '../harness/persistent-session.ts';
import { announcedValue } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type SessionFixture, sessionCheck } from './fixture.ts';

const VERSION: Version = 5;
/** The checks have this many messages in flight; Mosquitto's default (mosquitto.conf(5), max_inflight_messages). */
const IN_FLIGHT = 20;

/** Checks that the broker's CONNACK takes nothing away that a client asks for (MQTT 5, 3.2.2.3). */
export function grantedCheck(testLab: TestLab): Check {
  const { options } = testLab.lab.broker;
  return sessionCheck(testLab, VERSION, {
    name: 'granted',
    claim: 'CONNACK grants the session, keep alive, QoS, wildcards and retained messages that a client asks for',
    expected: { less: [] },
    role: 'subscriber',
    requires: {},
    run: (fixture) =>
      connect(
        fixture,
        testLab.broker.keepAlive,
        options.map(({ name }) => name),
      ),
  });
}

async function connect(fixture: SessionFixture, keepAlive: number, options: readonly string[]): Promise<Finding> {
  const session = await fixture.connect();
  const announced = session.packets.find(({ type }) => type === 'CONNACK')?.properties ?? [];
  return judgeGranted(lessThanRequested(announced, keepAlive, options), fixture.brokerKind === 'lab');
}

type Limit = {
  readonly property: string;
  readonly isLess: (value: number | boolean, keepAlive: number) => boolean;
  /** The option of mosquitto.conf(5) by which lab.yaml asks for it. */
  readonly option?: string;
};

const LIMITS: readonly Limit[] = [
  {
    property: 'sessionExpiryInterval',
    isLess: (value) => Number(value) < SESSION_EXPIRY_S,
    option: 'persistent_client_expiration',
  },
  { property: 'serverKeepAlive', isLess: (value, keepAlive) => Number(value) < keepAlive },
  { property: 'maximumQoS', isLess: (value) => Number(value) < 2 },
  { property: 'retainAvailable', isLess: (value) => !value, option: 'retain_available' },
  { property: 'wildcardSubscriptionAvailable', isLess: (value) => !value },
  { property: 'receiveMaximum', isLess: (value) => Number(value) < IN_FLIGHT, option: 'max_inflight_messages' },
];

/** The properties by which a CONNACK grants less than the checks ask for, where lab.yaml does not set that itself. */
export function lessThanRequested(
  announced: readonly string[],
  keepAlive: number,
  options: readonly string[] = [],
): string[] {
  return LIMITS.flatMap(({ property, isLess, option }) => {
    const text = announcedValue(announced, property);
    if (text === undefined || (option !== undefined && options.includes(option))) return [];
    const value: unknown = JSON.parse(text);
    const isKnown = typeof value === 'number' || typeof value === 'boolean';
    return isKnown && isLess(value, keepAlive) ? [`${property} ${text}`] : [];
  });
}

/** What an external broker does not grant is not shown. */
export function judgeGranted(less: readonly string[], isOwn: boolean): Finding {
  const observed = { less };
  if (less.length === 0) return { verdict: 'pass', observed };
  const reason = `the broker grants only ${less.join(', ')}`;
  return { verdict: isOwn ? 'fail' : 'skipped', observed, reason };
}
