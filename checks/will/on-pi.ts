import { atMost } from '../../base/limit.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab, Topic } from '../../lab-file/lab.ts';
import { now } from '../../probes/mqtt/packet.ts';
import type { Dropped } from '../../probes/network/dropped.ts';
import { cutSilently } from '../../probes/network/silent-cut.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { startCleanClient, startUncleanClient, type UncleanClient } from '../fixtures/client-on-pi.ts';
import { expiryWindow, judgeExpiry } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, lastSent, lastSentText } from '../fixtures/silent-client.ts';
import { AT_ONCE_MS, judgeAtOnce, LATER_MS } from '../fixtures/will-at-once.ts';
import { kernelEnd } from '../fixtures/will-evidence.ts';
import { since } from '../fixtures/will-observer.ts';
import { clientText, ROLES, type WillRoles, willRolesFor } from '../fixtures/will-roles.ts';
import { type Check, type Finding, idWord, type NamedCheck, notApplicable } from '../harness/check.ts';
import { onEachPi, type Role } from '../harness/roles.ts';
import { watchStalls } from '../harness/stall.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { openPiWillFixture, type PiWillFixture } from './pi-fixture.ts';

/** The shortest keep alive that the mosquitto clients take. */
const SHORT_KEEP_ALIVE_S = 5;
const QUICK_BOUND_MS = 60_000;
/** sshd allows ten channels a connection: this many clients with their kills and cuts share one. */
const CLIENTS_A_CONNECTION = 3;

const limit = atMost(CLIENTS_A_CONNECTION);

/** By the clients that a Pi has: the mosquitto clients, and paho where they can't end as wished. */
export function willsOnPi(testLab: TestLab, topics: readonly Topic[]): Check[] {
  const scenes = topics.flatMap((topic) => ROLES.map((role) => ({ topic, role })));
  return [
    // these decide how long the run takes, so they start first
    ...scenes.flatMap(({ topic, role }, index) => silent(testLab, topic, role, index)),
    ...scenes.flatMap(({ topic, role }) => clean(testLab, topic, role)),
    ...scenes.flatMap(({ topic, role }) => killed(testLab, topic, role)),
  ];
}

function clean(testLab: TestLab, topic: Topic, role: Role): Check[] {
  const claim = `${clientText(testLab.lab, topic, role)} that sends DISCONNECT leaves no last will`;
  const id = `will.clean.${role}.${idWord(topic.name)}` as const;
  const subject = { kind: 'last will', cause: 'clean', role, topic: topic.name } as const;
  return withCast(testLab, topic, role, { id, subject, claim }, (pi, check, roles) => ({
    ...check,
    statement: 'MQTT-3.1.2-10',
    expected: { wills: 0 },
    boundMs: QUICK_BOUND_MS,
    limit,
    async run() {
      const host = await testLab.host(pi.name, pi.host, 'quick');
      await using fixture = await openPiWillFixture(
        testLab,
        host,
        pi,
        roles,
        testLab.broker.keepAlive,
        startCleanClient,
      );
      const orderedAt = now();
      await fixture.client.end();
      // from the Pi, so that it travels behind the end of the client's connection
      const wills = await fixture.countWills('the Pi');
      const cause = { at: orderedAt, what: 'DISCONNECT, then FIN' };
      const finding = found({ wills }, await fixture.evidence(cause));
      return wills === 0 ? finding : failed(finding, `${wills} last will(s) after a DISCONNECT`);
    },
  }));
}

function killed(testLab: TestLab, topic: Topic, role: Role): Check[] {
  const claim = `${clientText(testLab.lab, topic, role)} that is killed leaves one last will, at once`;
  const id = `will.killed.${role}.${idWord(topic.name)}` as const;
  const subject = { kind: 'last will', cause: 'killed', role, topic: topic.name } as const;
  return withCast(testLab, topic, role, { id, subject, claim }, (pi, check, roles) => ({
    ...check,
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, withinMs: AT_ONCE_MS },
    boundMs: QUICK_BOUND_MS,
    limit,
    async run() {
      const host = await testLab.host(pi.name, pi.host, 'quick');
      await using fixture = await openPiWillFixture(
        testLab,
        host,
        pi,
        roles,
        testLab.broker.keepAlive,
        startUncleanClient,
      );
      return await judgeKill(fixture);
    },
  }));
}

async function judgeKill(fixture: PiWillFixture<UncleanClient>): Promise<Finding> {
  const stalls = watchStalls();
  const orderedAt = now();
  const cause = { at: orderedAt, what: 'SIGKILL to its process' };
  const end = await fixture.client.killClient();
  // over SSH: somewhere in that time it was killed
  const killedMs = Math.round(end.at - orderedAt);
  const boundMs = AT_ONCE_MS + LATER_MS;
  const will = await fixture.will(boundMs);
  const evidence = () => fixture.evidence(cause, kernelEnd(end));
  if (will === undefined)
    return failed(found({ wills: 0 }, await evidence()), `no last will within ${boundMs / 1000} s`);
  const afterMs = since(orderedAt, will);
  const wills = await fixture.countWills('this machine');
  const uncertainMs = killedMs + fixture.slowestSince(orderedAt) + stalls.stop();
  const finding = found({ wills, afterMs, uncertainMs }, await evidence());
  if (wills !== 1) return failed(finding, `${wills} last wills, not one`);
  return { ...finding, ...judgeAtOnce(afterMs, uncertainMs) };
}

function silent(testLab: TestLab, topic: Topic, role: Role, index: number): Check[] {
  const keepAlive = SHORT_KEEP_ALIVE_S;
  const { version } = testLab.live.broker;
  const { fromMs, toMs } = expiryWindow(keepAlive, version);
  const claim = `${clientText(testLab.lab, topic, role)} whose network goes silent leaves one last will, at keep-alive expiry`;
  const id = `will.silent.${role}.${idWord(topic.name)}` as const;
  const subject = { kind: 'last will', cause: 'silent', role, topic: topic.name } as const;
  const lane = `silent ${Math.floor(index / CLIENTS_A_CONNECTION)}`;
  return withCast(testLab, topic, role, { id, subject, claim }, (pi, check, roles) => ({
    ...check,
    statement: 'MQTT-3.1.2-24',
    expected: { wills: 1, keepAlive, fromMs, toMs },
    waits: true,
    boundMs: toMs + AROUND_EXPIRY_MS,
    async run() {
      const host = await testLab.host(pi.name, pi.host, lane);
      await using fixture = await openPiWillFixture(testLab, host, pi, roles, keepAlive, startUncleanClient);
      const pid = await fixture.client.pid;
      const cut = await cutSilently(host, pid, pi.broker.port, (toMs + AROUND_EXPIRY_MS) / 1000);
      if (cut.kind === 'impossible') return withoutCut(testLab.lab, pi.name, cut.reason);
      let finding: Finding;
      let dropped: Dropped | undefined;
      try {
        // one that gets no PINGRESP connects again, by another flow, and its will would come of that takeover
        await run(host, { step: 'freeze the client', script: `kill -STOP ${pid}`, timeoutMs: QUICK_BOUND_MS });
        finding = await judgeSilence(fixture, cut.at, keepAlive, version);
      } finally {
        // before the cut is undone, or the client would come back and leave another will
        await fixture.client.kill();
        dropped = await cut.lift();
      }
      const swallowed = dropped === undefined ? [] : [{ kind: 'dropped', tool: cut.tool, ...dropped }];
      return { ...finding, evidence: [...(finding.evidence ?? []), ...swallowed] };
    },
  }));
}

/** The lab itself equips an emulated Pi to be cut off; on a real one it may be beyond the user's power. */
export function withoutCut({ pis }: Lab, pi: string, reason: string): Finding {
  const isEmulated = pis.some(({ name, host }) => name === pi && host.kind === 'container');
  return { verdict: isEmulated ? 'fail' : 'skipped', observed: null, reason };
}

async function judgeSilence(
  fixture: PiWillFixture<UncleanClient>,
  cutAt: number,
  keepAlive: number,
  version: string | undefined,
): Promise<Finding> {
  const before = { packets: fixture.client.packets.filter(({ at }) => at <= cutAt) };
  const { lastAt, answeredMs } = lastSent(before);
  const cause = { at: lastAt, what: lastSentText(before) };
  const { fromMs, toMs } = expiryWindow(keepAlive, version);
  const stalls = watchStalls();
  const will = await fixture.will(toMs + 2_000);
  if (will === undefined) {
    return failed(found({ wills: 0 }, await fixture.evidence(cause)), `no last will within ${toMs / 1000 + 2} s`);
  }
  const wills = await fixture.countWills('this machine');
  const afterMs = Math.round(will.at - lastAt);
  const uncertainMs = answeredMs + fixture.slowestSince(lastAt + fromMs) + stalls.stop();
  // its packets are told over SSH, which on a busy machine takes its time
  const earlierMs = lastAt - fixture.startedAt;
  const { verdict, lateMs, ...judged } = judgeExpiry(afterMs, keepAlive, version, uncertainMs, earlierMs);
  const finding = {
    ...found({ wills, afterMs, lateMs, uncertainMs }, await fixture.evidence(cause)),
    waitMs: afterMs,
  };
  if (will.at < cutAt) return failed(finding, 'the last will came before the network was cut');
  if (wills !== 1) return failed(finding, `${wills} last wills, not one`);
  return verdict === 'pass' ? finding : { ...finding, verdict, ...judged };
}

/** The check on each Pi with its people, or the reason why nobody can play it. */
function withCast(
  testLab: TestLab,
  topic: Topic,
  role: Role,
  named: NamedCheck,
  make: (pi: LivePi, named: NamedCheck, roles: WillRoles) => Check,
): Check[] {
  const found = willRolesFor(testLab.lab, topic, role);
  if (found.kind === 'none') return [notApplicable(named, found.reason)];
  const { roles } = found;
  return onEachPi(testLab, named, (pi, onPi) => make(pi, onPi, roles));
}

function found(observed: unknown, evidence: readonly object[]): Finding {
  return { verdict: 'pass', observed, evidence };
}

function failed(finding: Finding, reason: string): Finding {
  return { ...finding, verdict: 'fail', reason };
}
