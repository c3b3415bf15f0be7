import type { CheckFamily } from '../harness/check-family.ts';
import { publishing } from './publish.ts';
import { retaining } from './retain.ts';
import { subscribing, system } from './subscribe.ts';
import { undeclared } from './undeclared.ts';
import { leavingAWill } from './will.ts';

/** Each user, topic and action over both versions, by the effect; and topics that lab.yaml does not declare. */
export const acl: CheckFamily = (testLab) => [
  ...testLab.lab.topics.flatMap((topic) =>
    testLab.lab.users.flatMap((user) => [
      ...publishing(testLab, topic, user),
      ...subscribing(testLab, topic, user),
      ...leavingAWill(testLab, topic, user),
      ...retaining(testLab, topic, user),
    ]),
  ),
  ...testLab.lab.users.flatMap((user) => [...system(testLab, user), ...undeclared(testLab, user)]),
];
