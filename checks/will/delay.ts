import type { Topic } from '../../lab-file/lab.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { LATER_MS } from '../fixtures/will-at-once.ts';
import { acceptedAt, leftBy, ownerEvidence, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { openStages, since, type WillStage } from '../fixtures/will-observer.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import { actorOf, castWill, ROLES, type WillCast } from '../fixtures/will-roles.ts';
import { alteration, delayWindow, judgeDelay, judgeDelayWithoutSession, judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, notApplicable, word } from '../harness/check.ts';
import { withLasting } from '../harness/lasting.ts';
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

type Scene = { readonly testLab: TestLab; readonly cast: WillCast; readonly stage: WillStage };
type DelayCheck = {
  readonly name: string;
  readonly does: string;
  readonly statement: string;
  readonly expected: object;
  run(scene: Scene): Promise<Finding>;
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
  const stages = openStages(testLab);
  return topics.flatMap((topic) =>
    CHECKS.flatMap(({ name, does, run, ...check }) =>
      ROLES.map((role): Check => {
        const id = `will.${name}.${role}.${word(topic.name)}.v5` as const;
        const claim = `${actorOf(testLab.lab, topic, role)} that ${does}`;
        const casting = castWill(testLab.lab, topic, role);
        if (casting.kind === 'nobody') return notApplicable({ id, claim }, casting.reason);
        const { cast } = casting;
        const act = () => stages(cast, VERSION, (stage) => run({ testLab, cast, stage }));
        return { id, claim, ...check, version: VERSION, boundMs: BOUND_MS, run: act };
      }),
    ),
  );
}

async function delayed(scene: Scene): Promise<Finding> {
  const { testLab, cast, stage } = scene;
  const will = newWill(cast);
  return await withLasting(testLab, cast.owner, VERSION, async (clientId) => {
    const options = { clientId, willDelay: DELAY_S, sessionExpiry: SESSION_EXPIRY_S };
    await using client = await openOwner(testLab, cast, VERSION, will, options);
    const { lostAt, first, seen, uncertainMs } = await lose(client, stage, will.text, DELAY_S);
    const packets = await told(scene, client, will, { delayS: DELAY_S, lostAt, seen });
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
async function lose(client: RawSession, stage: WillStage, text: string, delayS: number) {
  const stalls = watchStalls();
  const lostAt = now();
  await client.fin();
  const noticedMs = since(lostAt);
  const { fromMs, toMs } = delayWindow(delayS);
  const first = await stage.first(text, toMs + LATER_MS);
  const seen = await stage.untilSentinel(text);
  return { lostAt, first, seen, uncertainMs: noticedMs + stage.slowestSince(lostAt + fromMs) + stalls.stop() };
}

/** Nobody waits the delay out: the will of a control, lost after the client and with the same delay, shows that the client's would have come. */
async function reconnected(scene: Scene): Promise<Finding> {
  const { testLab, cast } = scene;
  return await withLasting(testLab, cast.owner, VERSION, (clientId) =>
    withLasting(testLab, cast.owner, VERSION, (otherId) => comeBack(scene, clientId, otherId)),
  );
}

async function comeBack(scene: Scene, clientId: string, otherId: string): Promise<Finding> {
  const { testLab, cast, stage } = scene;
  const will = newWill(cast);
  const control = newWill(cast);
  const options = { willDelay: DELAY_RECONNECT_S, sessionExpiry: SESSION_EXPIRY_S };
  await using client = await openOwner(testLab, cast, VERSION, will, { ...options, clientId });
  await using other = await openOwner(testLab, cast, VERSION, control, { ...options, clientId: otherId });
  const lostAt = now();
  await client.fin();
  const kept = { version: VERSION, clientId, clean: false, sessionExpiry: SESSION_EXPIRY_S } as const;
  await using back = await testLab.raw(cast.owner, kept);
  const awayMs = since(lostAt);
  await other.fin();
  const window = delayWindow(DELAY_RECONNECT_S);
  const shown = await stage.first(control.text, window.toMs + LATER_MS);
  const seen = await stage.untilSentinel(will.text);
  const observed = { wills: seen.length, awayMs, sessionPresent: isPresent(back) };
  const lost = { delayS: DELAY_RECONNECT_S, lostAt, seen, backAt: acceptedAt(back) };
  const packets = await told(scene, client, will, lost);
  const others = [...ownerEvidence('the same client, back', back.packets), ...stage.evidence(control.text)];
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

async function withoutSession(scene: Scene): Promise<Finding> {
  const { testLab, cast, stage } = scene;
  const will = newWill(cast);
  const options = { willDelay: DELAY_WITHOUT_SESSION_S, sessionExpiry: 0 };
  await using client = await openOwner(testLab, cast, VERSION, will, options);
  const { lostAt, first, seen, uncertainMs } = await lose(client, stage, will.text, DELAY_WITHOUT_SESSION_S);
  const packets = await told(scene, client, will, { delayS: DELAY_WITHOUT_SESSION_S, lostAt, seen });
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
  { testLab, cast, stage }: Scene,
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
  return [...ownerEvidence(cast.role, client.packets), ...stage.evidence(will.text), ...events];
}
