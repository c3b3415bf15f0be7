import type { Topic, User } from '../../lab-file/lab.ts';
import { topicAt } from '../../lab-file/topics.ts';
import type { Check } from '../harness/check.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { boundaryTopics } from './boundary-topics.ts';
import { observedRoles } from './observed-topic.ts';
import { publishing } from './publish.ts';
import { retaining } from './retain.ts';
import { subscribing } from './subscribe.ts';
import { returning } from './subscribe-absent.ts';
import { readingRetained } from './subscribe-retained.ts';
import { leavingAWill } from './will.ts';

/** Each user at the edges of the filters. A topic that nobody may use belongs to the undeclared ones. */
export function boundaries(testLab: TestLab): Check[] {
  const topics = boundaryTopics(testLab.lab, testLab.brokerKind).map((name) => topicAt(testLab.lab, name));
  const usable = topics.filter(
    ({ publish, subscribe, lastWill }) => publish.length + subscribe.length + lastWill.length > 0,
  );
  return usable.flatMap((topic) => testLab.lab.users.flatMap((user) => rightsAt(testLab, topic, user)));
}

function rightsAt(testLab: TestLab, topic: Topic, user: User): Check[] {
  const isObservable = observedRoles(testLab, topic.name).kind === 'observable';
  const writing = [
    ...publishing(testLab, topic, user),
    ...(isObservable ? [...leavingAWill(testLab, topic, user), ...retaining(testLab, topic, user)] : []),
  ];
  const reading = [
    ...(topic.publish.length + topic.lastWill.length > 0 ? subscribing(testLab, topic, user) : []),
    ...(isObservable ? [...readingRetained(testLab, topic, user), ...returning(testLab, topic, user)] : []),
  ];
  const among = (access: string) => (check: Check) => varied(check, topic.name, user.name, access);
  return [...writing.map(among('write')), ...reading.map(among('read'))];
}

/** Lets a large lab's run take some of the checks: each user at each topic once to read and once to write. */
function varied(check: Check, topic: string, user: string, access: string): Check {
  const own = check.factors ?? [{ topic, user, ...(check.version === undefined ? {} : { version: check.version }) }];
  return { ...check, factors: [...own, { boundary: `${access} ${user} ${topic}` }] };
}
