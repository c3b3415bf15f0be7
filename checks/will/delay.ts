import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { LATER_MS } from '../fixtures/will-at-once.ts';
import { acceptedAt, ownerEvidence, ownerOf, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { since, type WillObserver, willObservers } from '../fixtures/will-observer.ts';
import { type MarkedWill, newWill, openOwner } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { alteration, delayWindow, judgeDelay, judgeDelayWithoutSession, judgeWills } from '../fixtures/will-verdict.ts';
import type { Check, Finding } from '../harness/check.ts';
import { withPersistentSession } from '../harness/persistent-session.ts';
import { watchStalls } from '../harness/stall.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { namedWill, type WillCase, type WillCause, withRoles } from './will-case.ts';

const VERSION = 5;
const DELAY_S = 2;
/** Longer, so that a client on a busy machine is back in time. */
const DELAY_RECONNECT_S = 4;
/** Longer, so that a late will that was due at once differs from a delayed one. */
const DELAY_WITHOUT_SESSION_S = 3;
const SESSION_EXPIRY_S = 60;
const BOUND_MS = 60_000;

type Setup = { readonly testLab: TestLab; readonly roles: WillRoles; readonly observer: WillObserver };
type DelayCheck = WillCause & {
  readonly statement: string;
  readonly expected: object;
  run(setup: Setup): Promise<Finding>;
};

const CHECKS: readonly DelayCheck[] = [
  {
    name: 'delay',
    does: `is lost leaves one last will after its will delay of ${DELAY_S} s`,
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
    does: 'is lost together with its session leaves one last will at once, whatever its will delay',
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, delayS: DELAY_WITHOUT_SESSION_S, sessionExpiryS: 0 },
    run: withoutSession,
  },
];

/** MQTT 5's will delay, with clients on this machine. */
export function willDelays(testLab: TestLab, cases: readonly WillCase[]): Check[] {
  const withObserver = willObservers(testLab);
  return CHECKS.flatMap((check) =>
    cases.map((willCase): Check => {
      const named = namedWill(testLab.lab, willCase, check, VERSION);
      return withRoles(testLab.lab, willCase, named, (roles) => ({
        ...named,
        statement: check.statement,
        expected: check.expected,
        version: VERSION,
        boundMs: BOUND_MS,
        run: () => withObserver(roles, VERSION, (observer) => check.run({ testLab, roles, observer })),
      }));
    }),
  );
}

async function delayed(setup: Setup): Promise<Finding> {
  const { testLab, roles } = setup;
  const will = newWill(roles);
  return await withPersistentSession(testLab, { user: roles.owner, version: VERSION }, async (clientId) => {
    const options = { version: VERSION, clientId, willDelay: DELAY_S, sessionExpiry: SESSION_EXPIRY_S } as const;
    await using client = await openOwner(testLab, roles, will, options);
    const loss = await lose(setup, client, will, DELAY_S);
    const counted = judgeWills(will, 1, loss.seen);
    if (loss.afterMs === undefined) return { ...counted, ...loss.found };
    const judged = counted.verdict === 'pass' ? judgeDelay(loss.afterMs, DELAY_S, loss.uncertainMs) : counted;
    return { ...judged, ...loss.found, waitMs: loss.afterMs };
  });
}

async function withoutSession(setup: Setup): Promise<Finding> {
  const { testLab, roles } = setup;
  const will = newWill(roles);
  const options = { version: VERSION, willDelay: DELAY_WITHOUT_SESSION_S, sessionExpiry: 0 } as const;
  await using client = await openOwner(testLab, roles, will, options);
  const { afterMs, seen, uncertainMs, found } = await lose(setup, client, will, DELAY_WITHOUT_SESSION_S);
  const counted = judgeWills(will, 1, seen);
  if (afterMs === undefined || counted.verdict !== 'pass') return { ...counted, ...found };
  const { version } = testLab.live.broker;
  const judged = judgeDelayWithoutSession(afterMs, DELAY_WITHOUT_SESSION_S, version, uncertainMs);
  return { ...judged, ...found, waitMs: afterMs };
}

/**
 * Ends the client's connection by FIN and waits for its will. `uncertainMs` is how long the broker took to notice the FIN
 * and to deliver messages when the will was due, and how long this process stalled.
 */
async function lose(setup: Setup, client: RawSession, will: MarkedWill, delayS: number) {
  const { observer } = setup;
  const stalls = watchStalls();
  const lostAt = now();
  await client.fin();
  const noticedMs = since(lostAt);
  const { fromMs, toMs } = delayWindow(delayS);
  const first = await observer.first(will.text, toMs + LATER_MS);
  const seen = await observer.untilSentinel(will.text);
  const uncertainMs = noticedMs + observer.slowestSince(lostAt + fromMs) + stalls.stop();
  const afterMs = first === undefined ? undefined : since(lostAt, first);
  const times = afterMs === undefined ? {} : { afterMs, uncertainMs };
  const evidence = await evidenceOf(setup, client, will, { delayS, lostAt, seen });
  return { afterMs, seen, uncertainMs, found: { observed: { wills: seen.length, ...times }, evidence } };
}

/** No check waits out the delay of a client that is back: a control with the same delay, lost later, shows that its will was due. */
async function reconnected(setup: Setup): Promise<Finding> {
  const { testLab, roles } = setup;
  const session = { user: roles.owner, version: VERSION } as const;
  return await withPersistentSession(testLab, session, (clientId) =>
    withPersistentSession(testLab, session, (controlId) => comeBack(setup, clientId, controlId)),
  );
}

async function comeBack(setup: Setup, clientId: string, controlId: string): Promise<Finding> {
  const { testLab, roles, observer } = setup;
  const will = newWill(roles);
  const controlWill = newWill(roles);
  const session = { version: VERSION, sessionExpiry: SESSION_EXPIRY_S } as const;
  const options = { ...session, willDelay: DELAY_RECONNECT_S };
  await using client = await openOwner(testLab, roles, will, { ...options, clientId });
  await using control = await openOwner(testLab, roles, controlWill, { ...options, clientId: controlId });
  const lostAt = now();
  await client.fin();
  await using back = await testLab.raw(roles.owner, { ...session, clientId, clean: false });
  const awayMs = since(lostAt);
  await control.fin();
  const window = delayWindow(DELAY_RECONNECT_S);
  const shown = await observer.first(controlWill.text, window.toMs + LATER_MS);
  const seen = await observer.untilSentinel(will.text);
  const sessionPresent = back.packets.some((packet) => packet.type === 'CONNACK' && packet.sessionPresent === true);
  const lost = { delayS: DELAY_RECONNECT_S, lostAt, seen, backAt: acceptedAt(back) };
  const found = {
    observed: { wills: seen.length, awayMs, sessionPresent },
    evidence: [
      ...(await evidenceOf(setup, client, will, lost)),
      ...ownerEvidence('the same client, back', back.packets),
      ...observer.evidence(controlWill.text),
    ],
  };
  if (shown === undefined)
    return { ...found, verdict: 'fail', reason: 'the last will of the control client did not arrive' };
  const altered = alteration(controlWill, shown);
  if (altered !== undefined) return { ...found, verdict: 'fail', reason: altered };
  if (seen.length > 0 && awayMs >= window.fromMs) {
    const reason = `the machine is too busy: the client was back only after ${(awayMs / 1000).toFixed(1)} s`;
    return { ...found, verdict: 'skipped', reason };
  }
  return { ...judgeWills(will, 0, seen), ...found, waitMs: since(lostAt, shown) };
}

type Lost = {
  readonly delayS: number;
  readonly lostAt: number;
  readonly seen: readonly Packet[];
  readonly backAt?: number | undefined;
};

async function evidenceOf(
  { testLab, roles, observer }: Setup,
  client: RawSession,
  will: MarkedWill,
  { delayS, lostAt, seen, backAt }: Lost,
): Promise<object[]> {
  const events = await willEvents(testLab, {
    owner: ownerOf(client, will, delayS),
    cause: { at: lostAt, what: 'FIN without DISCONNECT' },
    end: socketEnd(await client.ended),
    wills: seen,
    backAt,
  });
  return [...ownerEvidence(roles.role, client.packets), ...observer.evidence(will.text), ...events];
}
