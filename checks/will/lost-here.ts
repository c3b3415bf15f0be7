import { startKillable } from '../../probes/clients/killable-client.ts';
import { expiryWindow } from '../fixtures/keepalive-expiry.ts';
import { AROUND_EXPIRY_MS, silentOwner } from '../fixtures/silent-client.ts';
import { AT_ONCE_MS, judgeLoss, loseAtOnce } from '../fixtures/will-at-once.ts';
import { type KnownEnd, kernelEnd, ownerEvidence, ownerOf, willEvents } from '../fixtures/will-evidence.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, type NamedCheck, THIS_MACHINE } from '../harness/check.ts';
import { onHost } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';
import { namedWill, type WillCase, type WillCause, withRoles } from './will-case.ts';

const KEEP_ALIVE_S = 5;
const QUICK_BOUND_MS = 60_000;
const VERSION = 4;

/** A silent client and a killed process on this machine. */
export function willsLostHere(testLab: TestLab, cases: readonly WillCase[]): Check[] {
  const withObserver = willObservers(testLab);
  return [silent, killed].flatMap((make) => cases.map((willCase) => make(testLab, withObserver, willCase)));
}

function silent(testLab: TestLab, withObserver: WithWillObserver, willCase: WillCase): Check {
  const does = 'falls silent leaves one last will at keep-alive expiry';
  const named = onThisMachine(testLab, willCase, { name: 'silent', does });
  const { fromMs, toMs } = expiryWindow(KEEP_ALIVE_S, testLab.live.broker.version);
  return withRoles(testLab.lab, willCase, named, (roles) => ({
    ...named,
    statement: 'MQTT-3.1.2-24',
    expected: { wills: 1, keepAlive: KEEP_ALIVE_S, fromMs, toMs },
    waits: true,
    boundMs: toMs + AROUND_EXPIRY_MS,
    run: () => silentOwner(testLab, withObserver, { roles, version: VERSION, keepAlive: KEEP_ALIVE_S }),
  }));
}

function killed(testLab: TestLab, withObserver: WithWillObserver, willCase: WillCase): Check {
  const named = onThisMachine(testLab, willCase, { name: 'killed', does: 'is killed leaves one last will at once' });
  return withRoles(testLab.lab, willCase, named, (roles) => ({
    ...named,
    statement: 'MQTT-3.1.2-8',
    expected: { wills: 1, withinMs: AT_ONCE_MS },
    boundMs: QUICK_BOUND_MS,
    run: () => kill(testLab, withObserver, roles),
  }));
}

function onThisMachine({ lab }: TestLab, willCase: WillCase, cause: WillCause): NamedCheck {
  const { id, claim, factors = [], ...named } = namedWill(lab, willCase, cause);
  return {
    ...named,
    factors: onHost(factors, THIS_MACHINE),
    id: `${id}.this-machine`,
    claim: `${claim} (on this machine)`,
  };
}

async function kill(testLab: TestLab, withObserver: WithWillObserver, roles: WillRoles): Promise<Finding> {
  return await withObserver(roles, VERSION, async (observer) => {
    const { text, ...will } = newWill(roles);
    const filter = roles.role === 'subscriber' ? { filter: roles.topic } : {};
    const options = { ...testLab.brokerFor(roles.owner), login: loginOf(roles.owner), will, ...filter };
    await using client = await startKillable(options, testLab.stopped);
    let end: KnownEnd | undefined;
    const loss = await loseAtOnce(observer, text, {
      isDue: true,
      async lose() {
        end = kernelEnd(await client.kill());
        return undefined;
      },
    });
    const events = await willEvents(testLab, {
      owner: ownerOf(client, will),
      cause: { at: loss.orderedAt, what: 'SIGKILL to its process' },
      end,
      wills: loss.seen,
    });
    return {
      ...judgeLoss(judgeWills(will, 1, loss.seen), loss),
      evidence: [...ownerEvidence(roles.role, client.packets), ...observer.evidence(text), ...events],
    };
  });
}
