import { CALLED_AS } from '../../base/called-as.ts';
import { ignoreFailure } from '../../base/errors.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { may, writes } from '../../lab-file/may.ts';
import { brokerHost } from '../../mosquitto/broker-host.ts';
import { ACL } from '../../mosquitto/paths.ts';
import { within } from '../../probes/mqtt/feed.ts';
import { factsFor } from '../../provisioning/converge.ts';
import { planHost } from '../../provisioning/plan-host.ts';
import type { Query } from '../../provisioning/resources/facts.ts';
import { type Item, isChange, type Resource } from '../../provisioning/resources/resource.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { SubjectOf } from '../../records/subject.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { grantingLines } from './acl-lines.ts';

const BOUND_MS = 30_000;
const TEXT: Query = { id: 'acl-text', script: `cat ${ACL}` };
const ACL_TEXT: Resource = { id: 'acl-text', queries: [TEXT], plan: () => ({ items: [] }) };

/** What the broker's host shows at the moment of a failure. */
export type BrokerState = {
  /** What `plan` would change there. */
  readonly drift: readonly Item[];
  readonly acl: string;
};

/** Finds the advice for failed checks from the state of the lab's own broker host, which it asks once; undefined where that explains nothing. */
export type Diagnose = (record: CheckRecord) => Promise<string | undefined>;

export function openDiagnosis(testLab: TestLab): Diagnose {
  const { host: where } = testLab.live.broker;
  if (where === undefined) return async () => undefined;
  let asked: Promise<BrokerState | undefined> | undefined;
  return async (record) => {
    asked ??= ignoreFailure(within(stateOf(testLab, where), 'state of the broker host', BOUND_MS));
    const state = await asked;
    return state === undefined ? undefined : adviceFrom(testLab.lab, state, record);
  };
}

async function stateOf(testLab: TestLab, where: Parameters<TestLab['host']>[1]): Promise<BrokerState> {
  const host = await testLab.host('broker', where, 'diagnosis');
  const resources = brokerHost(testLab.lab, { takeOver: false });
  const facts = await factsFor(host, [...resources, ACL_TEXT], testLab.stopped);
  return { drift: planHost(resources, facts).items.filter(isChange), acl: facts.get(TEXT).output };
}

export function adviceFrom(
  lab: Lab,
  { drift, acl }: BrokerState,
  { subject }: Pick<CheckRecord, 'subject'>,
): string | undefined {
  const right = subject?.kind === 'right' ? rightAdvice(lab, acl, subject) : '';
  if (drift.length === 0) return undefined;
  const changed = drift.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return `the broker host differs from lab.yaml (${changed})${right}: ${CALLED_AS} up makes it match again`;
}

/** The lines of lab.acl that give a right which lab.yaml does not, or that there is none, with a comma in front. */
function rightAdvice(lab: Lab, acl: string, { user, topic, right }: SubjectOf<'right'>): string {
  const access = right === 'subscribe' ? 'read' : 'write';
  const lines = grantingLines(acl, { user, topic, access });
  const isAllowed = access === 'read' ? may(lab, user, 'subscribe', topic) : writes(lab, user, topic);
  if (isAllowed === lines.length > 0) return '';
  if (lines.length === 0) return `, and no line of ${ACL} lets ${user} ${access} ${topic}`;
  const [first, ...others] = lines.map(({ line, rule }) => `line ${line} (${rule})`);
  return `, and ${[first, ...others].join(' and ')} of ${ACL} ${others.length === 0 ? 'lets' : 'let'} ${user} ${access} ${topic}`;
}
