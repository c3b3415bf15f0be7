import type { Topic } from '../../lab-file/lab.ts';
import { startKillable } from '../../probes/clients/killable-client.ts';
import type { KernelEnd } from '../../probes/network/kernel-end.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentOwner } from '../fixtures/silent-client.ts';
import { AT_ONCE_MS, judgeAtOnce, loseAtOnce } from '../fixtures/will-at-once.ts';
import { kernelEnd, leftBy, ownerEvidence, willEvents } from '../fixtures/will-evidence.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill } from '../fixtures/will-owner.ts';
import { clientText, ROLES, type WillRoles, willRolesFor } from '../fixtures/will-roles.ts';
import { judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, idWord, type NamedCheck, notApplicable } from '../harness/check.ts';
import type { Role } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { loginOf } from '../harness/test-lab.ts';

const KEEP_ALIVE_S = 5;
const QUICK_BOUND_MS = 60_000;
const VERSION = 4;

/** A killed process and a silent client on this machine, as on the Pis. */
export function willsLostHere(testLab: TestLab, topics: readonly Topic[]): Check[] {
  const withObserver = willObservers(testLab);
  const scenes = topics.flatMap((topic) => ROLES.map((role) => ({ topic, role })));
  return [silent, killed].flatMap((make) => scenes.map(({ topic, role }) => make(testLab, withObserver, topic, role)));
}

function silent(testLab: TestLab, withObserver: WithWillObserver, topic: Topic, role: Role): Check {
  const id = `will.silent.${role}.${idWord(topic.name)}.this-machine` as const;
  const subject = { kind: 'last will', cause: 'silent', role, topic: topic.name } as const;
  const claim = `${clientText(testLab.lab, topic, role)} that falls silent leaves one last will, at keep-alive expiry (on this machine)`;
  return withCast(testLab, topic, role, { id, subject, claim }, (roles) => {
    const { fromMs, toMs } = expiryWindow(KEEP_ALIVE_S, testLab.live.broker.version);
    return {
      id,
      subject,
      claim,
      statement: 'MQTT-3.1.2-24',
      expected: { wills: 1, keepAlive: KEEP_ALIVE_S, fromMs, toMs },
      waits: true,
      boundMs: toMs + AROUND_EXPIRY_MS,
      run: () => silentOwner(testLab, withObserver, roles, VERSION, KEEP_ALIVE_S),
    };
  });
}

function killed(testLab: TestLab, withObserver: WithWillObserver, topic: Topic, role: Role): Check {
  const id = `will.killed.${role}.${idWord(topic.name)}.this-machine` as const;
  const subject = { kind: 'last will', cause: 'killed', role, topic: topic.name } as const;
  const claim = `${clientText(testLab.lab, topic, role)} that is killed leaves one last will, at once (on this machine)`;
  return withCast(testLab, topic, role, { id, subject, claim }, (roles) => ({
    id,
    subject,
    claim,
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, withinMs: AT_ONCE_MS },
    boundMs: QUICK_BOUND_MS,
    run: () => kill(testLab, withObserver, roles),
  }));
}

async function kill(testLab: TestLab, withObserver: WithWillObserver, roles: WillRoles): Promise<Finding> {
  return await withObserver(roles, VERSION, async (observer) => {
    const { text, ...will } = newWill(roles);
    const filter = roles.role === 'subscriber' ? { filter: roles.topic } : {};
    const options = { ...testLab.broker, login: loginOf(roles.owner), will, ...filter };
    await using client = await startKillable(options, testLab.stopped);
    let end: KernelEnd | undefined;
    const { orderedAt, seen, afterMs, uncertainMs } = await loseAtOnce(observer, text, true, async () => {
      end = await client.kill();
      return undefined;
    });
    const counted = judgeWills(will, 1, seen);
    const events = await willEvents(testLab, {
      owner: leftBy(client, will),
      cause: { at: orderedAt, what: 'SIGKILL to its process' },
      end: kernelEnd(end),
      wills: seen,
    });
    const isTimed = counted.verdict === 'pass' && afterMs !== undefined;
    return {
      ...(isTimed ? judgeAtOnce(afterMs, uncertainMs) : counted),
      observed: { wills: seen.length, ...(afterMs === undefined ? {} : { afterMs, uncertainMs }) },
      evidence: [...ownerEvidence(roles.role, client.packets), ...observer.evidence(text), ...events],
    };
  });
}

function withCast(
  testLab: TestLab,
  topic: Topic,
  role: Role,
  named: NamedCheck,
  make: (roles: WillRoles) => Check,
): Check {
  const found = willRolesFor(testLab.lab, topic, role);
  return found.kind === 'none' ? notApplicable(named, found.reason) : make(found.roles);
}
