import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentClient, silentOptions, silentOwner } from '../fixtures/silent-client.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { anyWillRoles } from '../fixtures/will-roles.ts';
import { type Check, notApplicable, type Scope } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { NO_USER } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { keepAlivePings } from './ping.ts';
import { receiveOnly } from './receive-only.ts';

/** The two keep alives that the checkpoint compares, in seconds, and the smallest run that has time for each. */
const KEEP_ALIVES: readonly { readonly keepAlive: number; readonly scope: Scope }[] = [
  { keepAlive: 25, scope: 'default' },
  { keepAlive: 5, scope: 'quick' },
];
/** More keep alives whose expiry a full run measures: the report computes the ideal value from all of them. */
const MORE_KEEP_ALIVES: readonly number[] = [40, 15, 10];

export const keepalive: CheckFamily = (testLab) => {
  const withObserver = willObservers(testLab);
  const { maxKeepAlive } = testLab.lab.broker;
  const more = testLab.isFull ? MORE_KEEP_ALIVES.filter((keepAlive) => keepAlive <= maxKeepAlive) : [];
  const measured = more.flatMap((keepAlive) => expiry(testLab, withObserver, keepAlive));
  const compared = KEEP_ALIVES.flatMap(({ keepAlive, scope }) => {
    const checks = [
      ...expiry(testLab, withObserver, keepAlive),
      ...keepAlivePings(testLab, keepAlive, { name: 'ping', count: 1 }),
      ...(scope === 'quick' ? [...receiveOnly(testLab, keepAlive), ...periods(testLab, keepAlive)] : []),
    ].map((check): Check => ({ scope, ...check, waits: true }));
    if (keepAlive <= maxKeepAlive) return checks;
    const reason = `lab.yaml limits the keep alive to ${maxKeepAlive} s (maxKeepAlive)`;
    return checks.map((check): Check => ({ ...notApplicable(check, reason), scope: check.scope ?? scope }));
  });
  return [...measured.map((check): Check => ({ ...check, scope: 'default', waits: true })), ...compared];
};

/** Only a default run has the time: three pings take longer than an expiry at the same keep alive. */
function periods(testLab: TestLab, keepAlive: number): Check[] {
  const checks = keepAlivePings(testLab, keepAlive, { name: 'period', count: 3 });
  return checks.map((check) => ({ ...check, scope: 'default' }));
}

function expiry(testLab: TestLab, withObserver: WithWillObserver, keepAlive: number): Check[] {
  const [user] = testLab.lab.users;
  const { fromMs, toMs } = expiryWindow(keepAlive, testLab.live.broker.version);
  const roles = anyWillRoles(testLab.lab);
  const leaves = roles === undefined ? '' : ' and leaves its last will';
  return VERSIONS.map((version): Check => {
    const named = {
      id: `keepalive.expiry.${keepAlive}s.${tagOf(version)}`,
      subject: { kind: 'expiry', keepAlive, version: mqttVersion(version) },
      claim: `a silent client with a keep alive of ${keepAlive} s loses its connection${leaves}, ${overOf(version)}`,
    } as const;
    if (user === undefined) return notApplicable(named, NO_USER);
    return {
      ...named,
      statement: version === 4 ? 'MQTT-3.1.2-24' : 'MQTT-3.1.2-22',
      expected: { keepAlive, fromMs, toMs, closedBy: 'broker', ...(roles === undefined ? {} : { wills: 1 }) },
      version,
      boundMs: toMs + AROUND_EXPIRY_MS,
      async run() {
        if (roles !== undefined) return await silentOwner(testLab, withObserver, { roles, version, keepAlive });
        await using client = await testLab.raw(user, { version, ...silentOptions(keepAlive) });
        return await silentClient(testLab, client, keepAlive);
      },
    };
  });
}
