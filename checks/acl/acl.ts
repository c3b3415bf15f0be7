import type { Check } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { boundaries, varied } from './boundaries.ts';
import { boundaryTopics } from './boundary-topics.ts';
import { clientTopics } from './client-id.ts';
import { publishing } from './publish.ts';
import { queueing } from './queue.ts';
import { retaining } from './retain.ts';
import { subscribing } from './subscribe.ts';
import { returning } from './subscribe-absent.ts';
import { readingRetained } from './subscribe-retained.ts';
import { system } from './system.ts';
import { undeclared } from './undeclared.ts';
import { leavingAWill } from './will.ts';

/** Each user, topic and action over both versions, by the effect, in every way that a message can arrive; the edges of filters; and topics that lab.yaml does not declare. */
export const acl: CheckFamily = (testLab) => [
  ...atTopics(testLab),
  ...boundaries(testLab),
  ...testLab.lab.topics.flatMap((topic) => queueing(testLab, topic)),
  ...testLab.lab.users.flatMap((user) => [
    ...clientTopics(testLab, user),
    ...system(testLab, user),
    ...undeclared(testLab, user),
  ]),
];

function atTopics(testLab: TestLab): Check[] {
  const { lab, brokerKind } = testLab;
  const hasEdges = boundaryTopics(lab, brokerKind).topics.length > 0;
  return lab.topics.flatMap((topic) =>
    lab.users.flatMap((user) => {
      const checks = [
        ...publishing(testLab, topic, user),
        ...subscribing(testLab, topic, user),
        ...readingRetained(testLab, topic, user),
        ...returning(testLab, topic, user),
        ...leavingAWill(testLab, topic, user),
        ...retaining(testLab, topic, user),
      ];
      // the edges of filters must not crowd out a denial at a topic itself
      return hasEdges
        ? checks.map((check) => (check.factors === undefined ? check : varied(check, topic.name, user.name)))
        : checks;
    }),
  );
}
