import type { Topic } from '../../lab-file/lab.ts';
import { now } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { retainedOn } from '../fixtures/retained-read.ts';
import { retainedLimit, withRetainedRestored } from '../fixtures/retained-topic.ts';
import { AT_ONCE_MS, LATER_MS } from '../fixtures/will-at-once.ts';
import { leftBy, ownerEvidence, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { type WithWillObserver, willObservers } from '../fixtures/will-observer.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import { clientText, ROLES, type WillRoles, willRolesFor } from '../fixtures/will-roles.ts';
import { judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, idWord, notApplicable } from '../harness/check.ts';
import { mqttVersion, overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** A topic has one retained message, so the checks of it wait for each other, and for those of other families. */
const BOUND_MS = 60_000;

/** A last will with the RETAIN flag is served to whoever subscribes later. */
export function retainedWills(testLab: TestLab, topics: readonly Topic[]): Check[] {
  const withObserver = willObservers(testLab);
  return topics.flatMap((topic) =>
    VERSIONS.flatMap((version) =>
      ROLES.map((role): Check => {
        const named = {
          id: `will.retained.${role}.${idWord(topic.name)}.${tagOf(version)}`,
          subject: { kind: 'last will', cause: 'retained', role, topic: topic.name, version: mqttVersion(version) },
          claim: `the retained last will of ${clientText(testLab.lab, topic, role)} is served to a new subscriber, ${overOf(version)}`,
        } as const;
        const found = willRolesFor(testLab.lab, topic, role);
        if (found.kind === 'none') return notApplicable(named, found.reason);
        const why = whyUnsupported(testLab, { retained: true, qos: 1, neverRaisesQoS: true });
        if (why !== undefined) return notApplicable(named, why);
        return {
          ...named,
          statement: version === 4 ? 'MQTT-3.1.2-17' : 'MQTT-3.1.2-15',
          expected: { wills: 1, served: 1, qos: 1 },
          version,
          boundMs: BOUND_MS,
          limit: retainedLimit(testLab, topic.name),
          run: () => retainedWill(testLab, withObserver, found.roles, version),
        };
      }),
    ),
  );
}

async function retainedWill(
  testLab: TestLab,
  withObserver: WithWillObserver,
  roles: WillRoles,
  version: Version,
): Promise<Finding> {
  const people = { writer: roles.publisher, reader: roles.observer };
  return await withRetainedRestored(testLab, roles.topic, people, () =>
    withObserver(roles, version, async (observer) => {
      const will = newWill(roles, true);
      await using client = await openOwner(testLab, roles, version, will);
      const lostAt = now();
      await client.fin();
      await observer.first(will.text, AT_ONCE_MS + LATER_MS);
      const seen = await observer.untilSentinel(will.text);
      const kept = await retainedOn(testLab, roles.topic, roles.observer);
      const observed = { wills: seen.length, served: kept === undefined ? 0 : 1, qos: kept?.qos };
      const events = await willEvents(testLab, {
        owner: leftBy(client, will),
        cause: { at: lostAt, what: 'FIN without DISCONNECT' },
        end: socketEnd(await client.ended),
        wills: seen,
      });
      const packets = [...ownerEvidence(roles.role, client.packets), ...observer.evidence(will.text), ...events];
      const judged = judgeWills(will, 1, seen);
      if (judged.verdict !== 'pass') return { ...judged, observed, evidence: packets };
      const reason = wrongWith(kept, will);
      if (reason !== undefined) return { verdict: 'fail', observed, reason, evidence: packets };
      return { verdict: 'pass', observed, evidence: packets };
    }),
  );
}

/** What is wrong with what a new subscriber was served; undefined: nothing. */
export function wrongWith(
  kept: { readonly payload: Buffer; readonly qos: number } | undefined,
  will: { readonly payload: Buffer; readonly qos: number },
): string | undefined {
  if (kept === undefined) return 'a new subscriber was served no retained message';
  if (!kept.payload.equals(will.payload)) return 'a new subscriber was served another retained message';
  return kept.qos === will.qos ? undefined : `a new subscriber was served it at QoS ${kept.qos}, not ${will.qos}`;
}
