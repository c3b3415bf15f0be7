import type { Topic } from '../../lab-file/lab.ts';
import { now } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { keepingRetained, retainedLimit, retainedOn } from '../fixtures/retained-topic.ts';
import { AT_ONCE_MS, LATER_MS } from '../fixtures/will-at-once.ts';
import { leftBy, ownerEvidence, socketEnd, willEvents } from '../fixtures/will-evidence.ts';
import { openStages, type Stages } from '../fixtures/will-observer.ts';
import { newWill, openOwner } from '../fixtures/will-owner.ts';
import { actorOf, castWill, ROLES, type WillCast } from '../fixtures/will-roles.ts';
import { judgeWills } from '../fixtures/will-verdict.ts';
import { type Check, type Finding, notApplicable, word } from '../harness/check.ts';
import { unpromised } from '../harness/promises.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** A topic has one retained message, so the checks of it wait for each other, and for those of other families. */
const BOUND_MS = 60_000;

/** A last will with the RETAIN flag is served to whoever subscribes later. */
export function retainedWills(testLab: TestLab, topics: readonly Topic[]): Check[] {
  const stages = openStages(testLab);
  return topics.flatMap((topic) =>
    VERSIONS.flatMap((version) =>
      ROLES.map((role): Check => {
        const named = {
          id: `will.retained.${role}.${word(topic.name)}.${tagOf(version)}`,
          claim: `the retained last will of ${actorOf(testLab.lab, topic, role)} is served to a new subscriber, ${overOf(version)}`,
        } as const;
        const casting = castWill(testLab.lab, topic, role);
        if (casting.kind === 'nobody') return notApplicable(named, casting.reason);
        const why = unpromised(testLab, { retained: true, qos: 1, neverRaisesQoS: true });
        if (why !== undefined) return notApplicable(named, why);
        return {
          ...named,
          statement: version === 4 ? 'MQTT-3.1.2-17' : 'MQTT-3.1.2-15',
          expected: { wills: 1, served: 1, qos: 1 },
          version,
          boundMs: BOUND_MS,
          limit: retainedLimit(testLab, topic.name),
          run: () => retainedWill(testLab, stages, casting.cast, version),
        };
      }),
    ),
  );
}

async function retainedWill(testLab: TestLab, stages: Stages, cast: WillCast, version: Version): Promise<Finding> {
  const people = { writer: cast.publisher, reader: cast.observer };
  return await keepingRetained(testLab, cast.topic, people, () =>
    stages(cast, version, async (stage) => {
      const will = newWill(cast, true);
      await using client = await openOwner(testLab, cast, version, will);
      const lostAt = now();
      await client.fin();
      await stage.first(will.text, AT_ONCE_MS + LATER_MS);
      const seen = await stage.untilSentinel(will.text);
      const kept = await retainedOn(testLab, cast.topic, cast.observer);
      const observed = { wills: seen.length, served: kept === undefined ? 0 : 1, qos: kept?.qos };
      const events = await willEvents(testLab, {
        owner: leftBy(client, will),
        cause: { at: lostAt, what: 'FIN without DISCONNECT' },
        end: socketEnd(await client.ended),
        wills: seen,
      });
      const packets = [...ownerEvidence(cast.role, client.packets), ...stage.evidence(will.text), ...events];
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
