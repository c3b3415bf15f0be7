import type { Topic, User } from '../../lab-file/lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type RetainedRoles, retainedOn } from '../fixtures/retained-read.ts';
import { retainedLimit, withRetainedRestored } from '../fixtures/retained-topic.ts';
import { type Check, idWord, notApplicable } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { nonce } from '../harness/messages.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { BOUND_MS, observedRoles } from './observed-topic.ts';
import { noDenialShown, publishAs } from './publication.ts';
import { judgeRight, mayText, type Right, rightOf } from './right.ts';

type Doing = 'set' | 'clear';
const DOINGS: readonly Doing[] = ['set', 'clear'];
const STATEMENTS = {
  set: { 4: 'MQTT-3.3.1-5', 5: 'MQTT-3.3.1-5' },
  clear: { 4: 'MQTT-3.3.1-10', 5: 'MQTT-3.3.1-6' },
} as const;
const NOTHING = Buffer.alloc(0);
const SETTLE_MS = 5_000;

/** A user sets and clears what is retained on the topic; what was there before is there again afterwards. */
export function retaining(testLab: TestLab, { name: topic }: Topic, user: User): Check[] {
  const right = rightOf(testLab.lab, user.name, 'publish', topic);
  const roles = observedRoles(testLab, topic);
  return VERSIONS.flatMap((version) =>
    DOINGS.map((doing) => {
      const named = {
        id: `acl.retain-${doing}.${idWord(topic)}.${idWord(user.name)}.${tagOf(version)}`,
        subject: { kind: 'right', user: user.name, topic, right: `retain-${doing}` },
        claim: `${user.name} ${mayText(right)} ${doing} the retained message of ${topic} ${overOf(version)}`,
      } as const;
      if (roles.kind === 'unobservable') return notApplicable(named, `unobservable: ${roles.why}`);
      const deniedByAnnouncement = whyUnsupported(testLab, { retained: true, qos: 1 });
      if (deniedByAnnouncement !== undefined) return notApplicable(named, deniedByAnnouncement);
      const retainedCast = { writer: roles.publisher, reader: roles.observer };
      return { ...named, ...changing(testLab, topic, user, retainedCast, doing, version, right) };
    }),
  );
}

function changing(
  testLab: TestLab,
  topic: string,
  user: User,
  roles: RetainedRoles,
  doing: Doing,
  version: Version,
  right: Right,
): Omit<Check, 'id' | 'claim'> {
  return {
    // a denied one is beyond the standard
    ...(right === 'allowed' ? { statement: STATEMENTS[doing][version] } : {}),
    expected: { tookEffect: right === 'allowed', changed: right === 'allowed' },
    version,
    boundMs: 2 * BOUND_MS,
    limit: retainedLimit(testLab, topic),
    run: () =>
      withRetainedRestored(testLab, topic, roles, async () => {
        const before = Buffer.from(`retained before ${nonce()}`);
        const seen = () => retainedOn(testLab, topic, roles.reader).then((retained) => retained?.payload ?? NOTHING);
        const settleMs = testLab.brokerKind === 'lab' ? 0 : SETTLE_MS;
        await publishAs(testLab, roles.writer, version, topic, before, { qos: 1, retain: true });
        if (!(await settled(seen, [before], settleMs)).equals(before)) {
          const reason = `nothing can be shown: what ${roles.writer.name} publishes with RETAIN is not retained`;
          return { verdict: 'fail', observed: { retained: false }, reason };
        }
        const payload = doing === 'set' ? Buffer.from(`retained ${nonce()}`) : NOTHING;
        const publication = await publishAs(testLab, user, version, topic, payload, { qos: 1, retain: true });
        const { answer, packets } = publication;
        const wanted = { allowed: [payload], widened: [payload, before], denied: [before] }[right];
        const retained = await settled(seen, wanted, settleMs);
        const changed = retained.equals(payload);
        const judged =
          noDenialShown(publication, testLab.brokerKind) ??
          judgeRight(right, changed, { changed, answer }, testLab.brokerKind);
        const found = { ...judged, evidence: evidence(user.name, ownPackets(packets, [payload])) };
        if (changed || retained.equals(before)) return found;
        const reason = 'another message is retained, neither the one before nor the new one';
        return { ...found, verdict: 'fail', reason };
      }),
  };
}

/** Mosquitto has changed what it retains before it acknowledges; others may take longer. */
async function settled(look: () => Promise<Buffer>, wanted: readonly Buffer[], boundMs: number): Promise<Buffer> {
  const until = performance.now() + boundMs;
  for (;;) {
    const seen = await look();
    if (wanted.some((payload) => payload.equals(seen)) || performance.now() >= until) return seen;
  }
}
