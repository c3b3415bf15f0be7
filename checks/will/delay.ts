import type { Topic } from '../../lab-file/lab.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { SubjectOf } from '../../records/subject.ts';
import { LATER_MS } from '../fixtures/will-at-once.ts';
import { acceptedAt, leftBy, ownerEvidence, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { since, type WillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import { clientText, ROLES, type WillRoles, willRolesFor } from '../fixtures/will-roles.ts';
import { alteration, delayWindow, judgeDelay, judgeDelayWithoutSession, judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { withPersistentSession } from '../harness/persistent-session.ts';
import { watchStalls } from '../harness/stall.ts';
import type { TestLab } from '../harness/test-lab.ts';

const VERSION = 5;
const DELAY_S = 2;
/** Longer, so that a client is back within it on a busy machine too. */
const DELAY_RECONNECT_S = 4;
/** Longer, so that a last will that comes at once on a busy machine is told from one that comes after the delay. */
const DELAY_WITHOUT_SESSION_S = 3;
const SESSION_EXPIRY_S = 60;
const BOUND_MS = 60_000;

type Setup = { readonly testLab: TestLab; readonly roles: WillRoles; readonly observer: WillObserver };
type DelayCheck = {
  readonly name: SubjectOf<'last will'>['cause'];
  readonly does: string;
  readonly statement: string;
  readonly expected: object;
  run(setup: Setup): Promise<Finding>;
};

const CHECKS: readonly DelayCheck[] = [
  {
    name: 'delay',
    does: `is lost leaves one last will, after its will delay of ${DELAY_S} s`,
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, delayS: DELAY_S, ...delayWindow(DELAY_S) },
    run: delayed,
  },
  {
    name: 'delay-reconnect',
    does: `is lost and back within its will delay of ${DELAY_RECONNECT_S} s leaves no last will`,
    statement: 'MQTT-3.1.3-9',
    expected: { wills: 0, delayS: DELAY_RECONNECT_S },
    run: reconnected,
  },
  {
    name: 'delay-without-session',
    does: 'is lost, its session with it, leaves one last will, at once whatever its will delay',
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, delayS: DELAY_WITHOUT_SESSION_S, sessionExpiryS: 0 },
    run: withoutSession,
  },
];

/** MQTT 5's will delay, by clients of this machine. */
export function willDelays(testLab: TestLab, topics: readonly Topic[]): Check[] {
  const withObserver = willObservers(testLab);
  return topics.flatMap((topic) =>
    CHECKS.flatMap(({ name, does, run, ...check }) =>
      ROLES.map((role): Check => {
        const named = {
          id: `will.${name}.${role}.${idWord(topic.name)}.v5`,
          subject: { kind: 'last will', cause: name, role, topic: topic.name, version: '5' },
          claim: `${clientText(testLab.lab, topic, role)} that ${does}`,
        } as const;
        const found = willRolesFor(testLab.lab, topic, role);
        if (found.kind === 'none') return notApplicable(named, found.reason);
        const { roles } = found;
        const runCheck = () => withObserver(roles, VERSION, (observer) => run({ testLab, roles, observer }));
        return { ...named, ...check, version: VERSION, boundMs: BOUND_MS, run: runCheck };
      }),
    ),
  );
}

async function delayed(setup: Setup): Promise<Finding> {
  const { testLab, roles, observer } = setup;
  const will = newWill(roles);
  return await withPersistentSession(testLab, { user: roles.owner, version: VERSION }, async (clientId) => {
    const options = { clientId, willDelay: DELAY_S, sessionExpiry: SESSION_EXPIRY_S };
    await using client = await openOwner(testLab, roles, VERSION, will, options);
    const { lostAt, first, seen, uncertainMs } = await lose(client, observer, will.text, DELAY_S);
    const packets = await told(setup, client, will, { delayS: DELAY_S, lostAt, seen });
    if (first === undefined)
      return { ...judgeWills(will, 1, seen), observed: { wills: seen.length }, evidence: packets };
    const afterMs = since(lostAt, first);
    const counted = judgeWills(will, 1, seen);
    const judged = counted.verdict === 'pass' ? judgeDelay(afterMs, DELAY_S, uncertainMs) : counted;
    return { ...judged, observed: { wills: seen.length, afterMs, uncertainMs }, evidence: packets, waitMs: afterMs };
  });
}

/**
 * Has the client be lost, and waits for its will. Uncertain is how long the broker took to notice the FIN and, when the will was due, to pass
 * messages on, and what kept this process from looking.
 */
async function lose(client: RawSession, observer: WillObserver, text: string, delayS: number) {
  const stalls = watchStalls();
  const lostAt = now();
  await client.fin();
  const noticedMs = since(lostAt);
  const { fromMs, toMs } = delayWindow(delayS);
  const first = await observer.first(text, toMs + LATER_MS);
  const seen = await observer.untilSentinel(text);
  return { lostAt, first, seen, uncertainMs: noticedMs + observer.slowestSince(lostAt + fromMs) + stalls.stop() };
}

/** Nobody waits the delay out: the will of a control, lost after the client and with the same delay, shows that the client's would have come. */
async function reconnected(setup: Setup): Promise<Finding> {
  const { testLab, roles } = setup;
  return await withPersistentSession(testLab, { user: roles.owner, version: VERSION }, (clientId) =>
    withPersistentSession(testLab, { user: roles.owner, version: VERSION }, (otherId) =>
      comeBack(setup, clientId, otherId),
    ),
  );
}

async function comeBack(setup: Setup, clientId: string, otherId: string): Promise<Finding> {
  const { testLab, roles, observer } = setup;
  const will = newWill(roles);
  const control = newWill(roles);
  const options = { willDelay: DELAY_RECONNECT_S, sessionExpiry: SESSION_EXPIRY_S };
  await using client = await openOwner(testLab, roles, VERSION, will, { ...options, clientId });
  await using other = await openOwner(testLab, roles, VERSION, control, { ...options, clientId: otherId });
  const lostAt = now();
  await client.fin();
  const kept = { version: VERSION, clientId, clean: false, sessionExpiry: SESSION_EXPIRY_S } as const;
  await using back = await testLab.raw(roles.owner, kept);
  const awayMs = since(lostAt);
  await other.fin();
  const window = delayWindow(DELAY_RECONNECT_S);
  const shown = await observer.first(control.text, window.toMs + LATER_MS);
  const seen = await observer.untilSentinel(will.text);
  const observed = { wills: seen.length, awayMs, sessionPresent: isPresent(back) };
  const lost = { delayS: DELAY_RECONNECT_S, lostAt, seen, backAt: acceptedAt(back) };
  const packets = await told(setup, client, will, lost);
  const others = [...ownerEvidence('the same client, back', back.packets), ...observer.evidence(control.text)];
  const found = { observed, evidence: [...packets, ...others] };
  if (shown === undefined) return { ...found, verdict: 'fail', reason: "the control's last will did not come" };
  const wrong = alteration(control, shown);
  if (wrong !== undefined) return { ...found, verdict: 'fail', reason: wrong };
  if (seen.length > 0 && awayMs >= window.fromMs) {
    const reason = `the machine is too busy: the client was back after ${(awayMs / 1000).toFixed(1)} s only`;
    return { ...found, verdict: 'skipped', reason };
  }
  return { ...judgeWills(will, 0, seen), ...found, waitMs: since(lostAt, shown) };
}

async function withoutSession(setup: Setup): Promise<Finding> {
  const { testLab, roles, observer } = setup;
  const will = newWill(roles);
  const options = { willDelay: DELAY_WITHOUT_SESSION_S, sessionExpiry: 0 };
  await using client = await openOwner(testLab, roles, VERSION, will, options);
  const { lostAt, first, seen, uncertainMs } = await lose(client, observer, will.text, DELAY_WITHOUT_SESSION_S);
  const packets = await told(setup, client, will, { delayS: DELAY_WITHOUT_SESSION_S, lostAt, seen });
  const counted = judgeWills(will, 1, seen);
  if (first === undefined || counted.verdict !== 'pass') {
    return { ...counted, observed: { wills: seen.length }, evidence: packets };
  }
  const afterMs = since(lostAt, first);
  const judged = judgeDelayWithoutSession(afterMs, DELAY_WITHOUT_SESSION_S, testLab.live.broker.version, uncertainMs);
  return { ...judged, observed: { wills: 1, afterMs, uncertainMs }, evidence: packets, waitMs: afterMs };
}

function isPresent({ packets }: RawSession): boolean {
  return packets.some(({ type, sessionPresent }) => type === 'CONNACK' && sessionPresent === true);
}

type Lost = {
  readonly delayS: number;
  readonly lostAt: number;
  readonly seen: readonly Packet[];
  readonly backAt?: number | undefined;
};

async function told(
  { testLab, roles, observer }: Setup,
  client: RawSession,
  will: ReturnType<typeof newWill>,
  { delayS, lostAt, seen, backAt }: Lost,
): Promise<object[]> {
  const events = await willEvents(testLab, {
    owner: leftBy(client, will, delayS),
    cause: { at: lostAt, what: 'FIN without DISCONNECT' },
    end: socketEnd(await client.ended),
    wills: seen,
    backAt,
  });
  return [...ownerEvidence(roles.role, client.packets), ...observer.evidence(will.text), ...events];
}
