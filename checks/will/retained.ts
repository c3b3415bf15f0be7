import { now } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { RetainedMessage } from '../fixtures/retained-backup.ts';
import { retainedOn } from '../fixtures/retained-read.ts';
import { retainedLimit, withRetainedRestored } from '../fixtures/retained-topic.ts';
import { AT_ONCE_MS, LATER_MS } from '../fixtures/will-at-once.ts';
import { ownerEvidence, ownerOf, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import { VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { namedWill, type WillCase, withRoles } from './will-case.ts';

const BOUND_MS = 60_000;

/** A last will with the RETAIN flag. */
export function retainedWills(testLab: TestLab, cases: readonly WillCase[]): Check[] {
  const withObserver = willObservers(testLab);
  const cause = { name: 'retained', does: 'is lost leaves its retained last will to later subscribers' } as const;
  const why = whyUnsupported(testLab, { retained: true, qos: 1, neverRaisesQoS: true });
  return VERSIONS.flatMap((version) =>
    cases.map((willCase): Check => {
      const named = namedWill(testLab.lab, willCase, cause, version);
      if (why !== undefined) return notApplicable(named, why);
      return withRoles(testLab.lab, willCase, named, (roles) => ({
        ...named,
        statement: version === 4 ? 'MQTT-3.1.2-17' : 'MQTT-3.1.2-15',
        expected: { wills: 1, served: 1, qos: 1 },
        version,
        boundMs: BOUND_MS,
        limit: retainedLimit(testLab, roles.topic),
        run: () =>
          withRetainedRestored(testLab, roles.topic, { writer: roles.publisher, reader: roles.observer }, () =>
            leaveRetained(testLab, withObserver, roles, version),
          ),
      }));
    }),
  );
}

async function leaveRetained(
  testLab: TestLab,
  withObserver: WithWillObserver,
  roles: WillRoles,
  version: Version,
): Promise<Finding> {
  return await withObserver(roles, version, async (observer) => {
    const will = newWill(roles, { retain: true });
    await using client = await openOwner(testLab, roles, will, { version });
    const lostAt = now();
    await client.fin();
    await observer.first(will.text, AT_ONCE_MS + LATER_MS);
    const seen = await observer.untilSentinel(will.text);
    const served = await retainedOn(testLab, roles.topic, roles.observer);
    const events = await willEvents(testLab, {
      owner: ownerOf(client, will),
      cause: { at: lostAt, what: 'FIN without DISCONNECT' },
      end: socketEnd(await client.ended),
      wills: seen,
    });
    const found = {
      observed: { wills: seen.length, served: served === undefined ? 0 : 1, qos: served?.qos },
      evidence: [...ownerEvidence(roles.role, client.packets), ...observer.evidence(will.text), ...events],
    };
    const counted = judgeWills(will, 1, seen);
    if (counted.verdict !== 'pass') return { ...counted, ...found };
    const reason = wrongWith(served, will);
    return reason === undefined ? { verdict: 'pass', ...found } : { verdict: 'fail', reason, ...found };
  });
}

/** How the message that a new subscriber received differs from the will; undefined: not at all. */
export function wrongWith(
  served: RetainedMessage | undefined,
  will: Pick<RetainedMessage, 'payload' | 'qos'>,
): string | undefined {
  if (served === undefined) return 'a new subscriber received no retained message';
  if (!served.payload.equals(will.payload)) return 'a new subscriber received another retained message';
  return served.qos === will.qos ? undefined : `a new subscriber received it at QoS ${served.qos}, not ${will.qos}`;
}
