import type { CheckFamily } from '../harness/check-family.ts';
import { publishing } from './publish.ts';
import { queueing } from './queue.ts';
import { retaining } from './retain.ts';
import { subscribing, system } from './subscribe.ts';
import { returning } from './subscribe-absent.ts';
import { readingRetained } from './subscribe-retained.ts';
import { undeclared } from './undeclared.ts';
import { leavingAWill } from './will.ts';

/** Each user, topic and action over both versions, by the effect, in every way that a message can arrive; and topics that lab.yaml does not declare. */
export const acl: CheckFamily = (testLab) => [
  ...testLab.lab.topics.flatMap((topic) =>
    testLab.lab.users.flatMap((user) => [
      ...publishing(testLab, topic, user),
      ...subscribing(testLab, topic, user),
      ...readingRetained(testLab, topic, user),
      ...returning(testLab, topic, user),
      ...leavingAWill(testLab, topic, user),
      ...retaining(testLab, topic, user),
    ]),
  ),
  ...testLab.lab.topics.flatMap((topic) => queueing(testLab, topic)),
  ...testLab.lab.users.flatMap((user) => [...system(testLab, user), ...undeclared(testLab, user)]),
];
