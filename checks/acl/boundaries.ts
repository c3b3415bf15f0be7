import type { Topic, User } from '../../lab-file/lab.ts';
import { topicAt } from '../../lab-file/topics.ts';
import { type Check, notApplicable } from '../harness/check.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { boundaryTopics } from './boundary-topics.ts';
import { observedRoles } from './observed-topic.ts';
import { publishing } from './publish.ts';
import { retaining } from './retain.ts';
import { subscribing } from './subscribe.ts';
import { returning } from './subscribe-absent.ts';
import { readingRetained } from './subscribe-retained.ts';
import { leavingAWill } from './will.ts';

/** Each user at the edges of the filters. `acl.undeclared` covers the topics that nobody may use. */
export function boundaries(testLab: TestLab): Check[] {
  const { lab, brokerKind } = testLab;
  const edges = boundaryTopics(lab, brokerKind);
  const topics = edges.topics.map((name) => topicAt(lab, name));
  const usable = topics.filter(
    ({ publish, subscribe, lastWill }) => publish.length + subscribe.length + lastWill.length > 0,
  );
  const left = { id: 'acl.edges', claim: 'rights hold at every topic at the edges of filters' } as const;
  return [
    ...usable.flatMap((topic) => lab.users.flatMap((user) => rightsAt(testLab, topic, user))),
    ...(edges.leftOut === 0
      ? []
      : [
          notApplicable(
            left,
            `${edges.topics.length} topics were tried; a lab of this size leaves out ${edges.leftOut}`,
          ),
        ]),
  ];
}

function rightsAt(testLab: TestLab, topic: Topic, user: User): Check[] {
  const isObservable = observedRoles(testLab, topic.name).kind === 'observable';
  const isWritten = topic.publish.length + topic.lastWill.length > 0;
  const checks = [
    ...publishing(testLab, topic, user),
    ...(isWritten ? subscribing(testLab, topic, user) : []),
    ...(isObservable
      ? [
          ...leavingAWill(testLab, topic, user),
          ...retaining(testLab, topic, user),
          ...readingRetained(testLab, topic, user),
          ...returning(testLab, topic, user),
        ]
      : []),
  ];
  return checks.map((check) => varied(check, topic.name, user.name));
}

/** Lets the run of a large lab take a part of the checks: each user at each topic at least once to read and once to write. */
export function varied(check: Check, topic: string, user: string): Check {
  const access = check.id.startsWith('acl.subscribe.') ? 'read' : 'write';
  const own = check.factors ?? [{ topic, user, ...(check.version === undefined ? {} : { version: check.version }) }];
  return { ...check, factors: [...own, { right: `${access} ${user} ${topic}` }] };
}
