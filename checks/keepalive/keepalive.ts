import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentClient, silentOptions, silentOwner } from '../fixtures/silent-client.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { anyWillRoles } from '../fixtures/will-roles.ts';
import { type Check, notApplicable, type Scope } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { keepAlivePings } from './ping.ts';
import { receiveOnly } from './receive-only.ts';

/** The two keep alives that the checkpoint compares, in seconds, and the smallest run that has time for each. */
const KEEP_ALIVES: readonly { readonly keepAlive: number; readonly scope: Scope }[] = [
  { keepAlive: 25, scope: 'default' },
  { keepAlive: 5, scope: 'quick' },
];
/** Seconds of further ones whose expiry a full run measures, for the sweep that the report computes the ideal value from. */
const EXPIRIES: readonly number[] = [40, 15, 10];

export const keepalive: CheckFamily = (testLab) => {
  const withObserver = willObservers(testLab);
  const { maxKeepAlive } = testLab.lab.broker;
  const others = testLab.isFull ? EXPIRIES.filter((keepAlive) => keepAlive <= maxKeepAlive) : [];
  const swept = others.flatMap((keepAlive) => expiry(testLab, withObserver, keepAlive));
  const compared = KEEP_ALIVES.flatMap(({ keepAlive, scope }) => {
    const checks = [
      ...expiry(testLab, withObserver, keepAlive),
      ...keepAlivePings(testLab, keepAlive, { name: 'ping', count: 1 }),
      ...(scope === 'quick' ? receiveOnly(testLab, keepAlive) : []),
      ...(scope === 'quick' ? periods(testLab, keepAlive) : []),
    ].map((check) => ({ scope, ...check, waits: true }));
    if (keepAlive <= maxKeepAlive) return checks;
    const reason = `the lab file allows a keep alive of ${maxKeepAlive} s at most`;
    return checks.map((check) => ({ ...notApplicable(check, reason), scope: check.scope }));
  });
  return [...swept.map((check): Check => ({ ...check, scope: 'default', waits: true })), ...compared];
};

/** From ping to ping; it takes longer than an expiry, and less than one with the longer keep alive. */
function periods(testLab: TestLab, keepAlive: number): Check[] {
  return keepAlivePings(testLab, keepAlive, { name: 'period', count: 3 }).map((check) => ({
    ...check,
    scope: 'default',
  }));
}

function expiry(testLab: TestLab, withObserver: WithWillObserver, keepAlive: number): Check[] {
  const { lab, live } = testLab;
  const roles = anyWillRoles(lab);
  const [user] = lab.users;
  const { fromMs, toMs } = expiryWindow(keepAlive, live.broker.version);
  return VERSIONS.map((version): Check => {
    const loses = roles === undefined ? 'loses its connection' : 'loses its connection and leaves its last will';
    const named = {
      id: `keepalive.expiry.${keepAlive}s.${tagOf(version)}`,
      subject: { kind: 'expiry', keepAlive, version: mqttVersion(version) },
      claim: `a silent client with a keep alive of ${keepAlive} s ${loses}, ${overOf(version)}`,
    } as const;
    if (user === undefined) return notApplicable(named, 'lab.yaml names no user');
    return {
      ...named,
      statement: version === 4 ? 'MQTT-3.1.2-24' : 'MQTT-3.1.2-22',
      expected: { keepAlive, fromMs, toMs, closedBy: 'broker', ...(roles === undefined ? {} : { wills: 1 }) },
      version,
      boundMs: toMs + AROUND_EXPIRY_MS,
      async run() {
        if (roles !== undefined) return await silentOwner(testLab, withObserver, roles, version, keepAlive);
        await using client = await testLab.raw(user, { version, ...silentOptions(keepAlive) });
        return await silentClient(testLab, client, keepAlive);
      },
    };
  });
}
