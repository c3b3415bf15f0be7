import fc from 'fast-check';
import { may, writes } from '../../../lab-file/may.ts';
import { renderAcl } from '../../../mosquitto/acl.ts';
import { type AclBroker, BROKERS_TOPIC, type Measured } from './acl-broker.ts';
import { boundaryTopics, labTexts, type RuleSet, ruleSetOf } from './rule-sets.ts';

/** What was tried: rule sets, and decisions on a topic, a client and an action in all of them; `allowed` of these. */
export type Tried = { readonly sets: number; readonly decisions: number; readonly allowed: number };

/**
 * Random lab files: `may`, the ACL file and the broker agree on every topic for every client. Throws with the smallest lab on
 * which they do not.
 */
export async function agreeOnRandomLabs(broker: AclBroker, sets: number, topicsOfEach: number): Promise<Tried> {
  const tried = { sets: 0, decisions: 0, allowed: 0 };
  const property = fc.asyncProperty(labTexts, async (text) => {
    const set = ruleSetOf(text);
    const topics = [...boundaryTopics(set, topicsOfEach), BROKERS_TOPIC];
    const acl = renderAcl(set.lab);
    await broker.load(acl);
    const measured = await broker.measure(set.clients, topics);
    const wrong = measured.flatMap((client) => topics.flatMap((topic) => disagreements(set, client, topic)));
    if (wrong.length > 0) throw new Error([text, acl, ...wrong.slice(0, 10)].join('\n'));
    tried.sets += 1;
    tried.decisions += 2 * measured.length * topics.length;
    for (const { written, received } of measured) tried.allowed += written.size + received.size;
  });
  const { failed, seed, counterexamplePath, errorInstance } = await fc.check(property, { numRuns: sets });
  if (failed) throw new Error(`seed ${seed}, path ${counterexamplePath}\n${errorInstance}`);
  return tried;
}

function disagreements({ lab }: RuleSet, { user, clientId, written, received }: Measured, topic: string): string[] {
  const differs = (what: string, wanted: boolean, came = 0) =>
    came === Number(wanted)
      ? []
      : [
          `${user} as ${clientId}: ${what} ${JSON.stringify(topic)}: ${wanted ? 'allowed' : 'denied'}, but ${came} messages came`,
        ];
  // nobody can publish where the broker alone does, so what a client reads is seen on the broker's own message
  const isUnseen = topic.startsWith('$SYS') && topic !== BROKERS_TOPIC;
  const reads = may(lab, user, 'subscribe', topic, clientId);
  return [
    ...differs('publish to', writes(lab, user, topic, clientId), written.get(topic)),
    ...(isUnseen ? [] : differs('subscribe to', reads, received.get(topic))),
  ];
}
