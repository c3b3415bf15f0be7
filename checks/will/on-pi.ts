import { atMost } from '../../base/limit.ts';
import { stretchedSeconds } from '../../base/slowness.ts';
import { endpointOn } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { now } from '../../probes/mqtt/packet.ts';
import type { Dropped } from '../../probes/network/dropped.ts';
import { cutSilently } from '../../probes/network/silent-cut.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { startCleanClient, startUncleanClient, type UncleanClient } from '../fixtures/client-on-pi.ts';
import { expiryWindow, judgeExpiry } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, lastSent, lastSentText } from '../fixtures/silent-client.ts';
import { AT_ONCE_MS, judgeLoss, loseAtOnce } from '../fixtures/will-at-once.ts';
import { type KnownEnd, kernelEnd } from '../fixtures/will-evidence.ts';
import { type WillObserver, type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { judgeWills } from '../fixtures/will-verdict.ts';
import type { Check, Finding, NamedCheck } from '../harness/check.ts';
import { onEachPi } from '../harness/roles.ts';
import { watchStalls } from '../harness/stall.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type OwnerOnPi, startOwnerOnPi } from './owner-on-pi.ts';
import { namedWill, type WillCase, withRoles } from './will-case.ts';

const VERSION = 4;
/** The shortest keep alive that the mosquitto clients accept. */
const SHORT_KEEP_ALIVE_S = 5;
const QUICK_BOUND_MS = 60_000;
/** On top of the window, so as to report a late last will as late and not as missing. */
const LATER_MS = 2_000;
/** sshd allows ten sessions a connection: this many clients, with the commands that kill or cut them off, share one. */
const CLIENTS_A_CONNECTION = 3;

const limit = atMost(CLIENTS_A_CONNECTION);

/** With the clients of a Pi: the mosquitto clients, and paho where those cannot end as needed. */
export function willsOnPi(testLab: TestLab, cases: readonly WillCase[]): Check[] {
  const withObserver = willObservers(testLab);
  return [
    // these decide how long the run takes, so they start first
    ...cases.flatMap((willCase, index) => silent(testLab, withObserver, willCase, index)),
    ...cases.flatMap((willCase) => clean(testLab, withObserver, willCase)),
    ...cases.flatMap((willCase) => killed(testLab, withObserver, willCase)),
  ];
}

function clean(testLab: TestLab, withObserver: WithWillObserver, willCase: WillCase): Check[] {
  const cause = { name: 'clean', does: 'sends DISCONNECT leaves no last will' } as const;
  return onEachPiWithRoles(testLab, willCase, namedWill(testLab.lab, willCase, cause), (pi, named, roles) => ({
    ...named,
    statement: 'MQTT-3.1.2-10',
    expected: { wills: 0 },
    boundMs: QUICK_BOUND_MS,
    limit,
    run: () =>
      withObserver(roles, VERSION, async (observer) => {
        const host = await testLab.host(pi.name, pi.host, 'quick');
        const { keepAlive } = testLab.broker;
        await using owner = await startOwnerOnPi(testLab, { host, pi, roles, keepAlive, start: startCleanClient });
        const orderedAt = now();
        await owner.client.end();
        const wills = await observer.untilSentinel(owner.will.text, owner.publish);
        const events = await owner.evidence({ cause: { at: orderedAt, what: 'DISCONNECT, then FIN' }, wills });
        const evidence = [...events, ...observer.evidence(owner.will.text)];
        return { ...judgeWills(owner.will, 0, wills), observed: { wills: wills.length }, evidence };
      }),
  }));
}

function killed(testLab: TestLab, withObserver: WithWillObserver, willCase: WillCase): Check[] {
  const cause = { name: 'killed', does: 'is killed leaves one last will at once' } as const;
  return onEachPiWithRoles(testLab, willCase, namedWill(testLab.lab, willCase, cause), (pi, named, roles) => ({
    ...named,
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, withinMs: AT_ONCE_MS },
    boundMs: QUICK_BOUND_MS,
    limit,
    run: () =>
      withObserver(roles, VERSION, async (observer) => {
        const host = await testLab.host(pi.name, pi.host, 'quick');
        const { keepAlive } = testLab.broker;
        await using owner = await startOwnerOnPi(testLab, { host, pi, roles, keepAlive, start: startUncleanClient });
        return await kill(observer, owner);
      }),
  }));
}

async function kill(observer: WillObserver, { client, will, evidence }: OwnerOnPi<UncleanClient>): Promise<Finding> {
  let end: KnownEnd | undefined;
  const loss = await loseAtOnce(observer, will.text, {
    isDue: true,
    async lose() {
      end = kernelEnd(await client.killWatched());
      return undefined;
    },
  });
  const cause = { at: loss.orderedAt, what: 'SIGKILL to its process' };
  const events = await evidence({ cause, end, wills: loss.seen });
  return {
    ...judgeLoss(judgeWills(will, 1, loss.seen), loss),
    evidence: [...events, ...observer.evidence(will.text)],
  };
}

function silent(testLab: TestLab, withObserver: WithWillObserver, willCase: WillCase, index: number): Check[] {
  const keepAlive = SHORT_KEEP_ALIVE_S;
  const { fromMs, toMs } = expiryWindow(keepAlive, testLab.live.broker.version);
  const cause = { name: 'silent', does: 'loses its network leaves one last will at keep-alive expiry' } as const;
  const lane = `silent ${Math.floor(index / CLIENTS_A_CONNECTION)}`;
  const loseNetwork = (pi: LivePi, roles: WillRoles) =>
    withObserver(roles, VERSION, async (observer) => {
      const host = await testLab.host(pi.name, pi.host, lane);
      await using owner = await startOwnerOnPi(testLab, { host, pi, roles, keepAlive, start: startUncleanClient });
      const pid = await owner.client.pid;
      const boundSeconds = Math.ceil(stretchedSeconds(toMs + AROUND_EXPIRY_MS));
      const cut = await cutSilently(host, pid, endpointOn(pi, roles.owner).port, boundSeconds);
      if (cut.kind === 'impossible') return withoutCut(testLab.lab, pi.name, cut.reason);
      let finding: Finding;
      let dropped: Dropped | undefined;
      try {
        // a client without a PINGRESP connects again, and that takeover would publish its will
        await run(host, { step: 'freeze the client', script: `kill -STOP ${pid}`, timeoutMs: QUICK_BOUND_MS });
        finding = await judgeSilence(testLab, observer, owner, { cutAt: cut.at, keepAlive });
      } finally {
        // before the network returns: a frozen client would wake up and leave another will
        await owner.client.kill();
        dropped = await cut.lift();
      }
      const lost = dropped === undefined ? [] : [{ kind: 'dropped', tool: cut.tool, ...dropped }];
      return { ...finding, evidence: [...(finding.evidence ?? []), ...lost] };
    });
  return onEachPiWithRoles(testLab, willCase, namedWill(testLab.lab, willCase, cause), (pi, named, roles) => ({
    ...named,
    statement: 'MQTT-3.1.2-24',
    expected: { wills: 1, keepAlive, fromMs, toMs },
    waits: true,
    boundMs: toMs + AROUND_EXPIRY_MS,
    run: () => loseNetwork(pi, roles),
  }));
}

/** The lab equips an emulated Pi for a cut; on a real one the user may lack the permission. */
export function withoutCut({ pis }: Lab, pi: string, reason: string): Finding {
  const isEmulated = pis.some(({ name, host }) => name === pi && host.kind === 'container');
  return { verdict: isEmulated ? 'fail' : 'skipped', observed: null, reason };
}

async function judgeSilence(
  testLab: TestLab,
  observer: WillObserver,
  { client, will, startedAt, evidence }: OwnerOnPi<UncleanClient>,
  { cutAt, keepAlive }: { readonly cutAt: number; readonly keepAlive: number },
): Promise<Finding> {
  const { version } = testLab.live.broker;
  const before = { packets: client.packets.filter(({ at }) => at <= cutAt) };
  const { lastAt, answeredMs } = lastSent(before);
  const { fromMs, toMs } = expiryWindow(keepAlive, version);
  const stalls = watchStalls();
  const first = await observer.first(will.text, toMs + LATER_MS);
  const seen = await observer.untilSentinel(will.text);
  const uncertainMs = answeredMs + observer.slowestSince(lastAt + fromMs) + stalls.stop();
  const events = await evidence({ cause: { at: lastAt, what: lastSentText(before) }, wills: seen });
  const packets = { evidence: [...events, ...observer.evidence(will.text)] };
  const counted = judgeWills(will, 1, seen);
  if (first === undefined) return { ...counted, observed: { wills: seen.length }, ...packets };
  const afterMs = Math.round(first.at - lastAt);
  // a busy machine learns of the client's packets late, over SSH
  const earlierMs = lastAt - startedAt;
  const expiry = judgeExpiry({ keepAlive, version, afterMs, uncertainMs, earlierMs });
  const found = {
    observed: { wills: seen.length, afterMs, lateMs: expiry.lateMs, uncertainMs },
    waitMs: afterMs,
    ...packets,
  };
  // a slow host lets the keep alive of its own client expire
  if (first.at < cutAt) {
    return { ...found, verdict: 'fail', reason: 'the last will arrived before the network was cut', isLate: true };
  }
  if (counted.verdict !== 'pass') return { ...found, ...counted };
  if (expiry.verdict === 'pass') return { ...found, verdict: 'pass' };
  return { ...found, verdict: 'fail', reason: `the last will arrived ${expiry.text}`, isLate: expiry.isLate };
}

function onEachPiWithRoles(
  testLab: TestLab,
  willCase: WillCase,
  named: NamedCheck,
  make: (pi: LivePi, named: NamedCheck, roles: WillRoles) => Check,
): Check[] {
  return [
    withRoles(testLab.lab, willCase, named, (roles) => onEachPi(testLab, named, (pi, onPi) => make(pi, onPi, roles))),
  ].flat();
}
