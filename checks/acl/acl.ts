import type { CheckFamily } from '../harness/check-family.ts';
import { publishing } from './publish.ts';
import { retaining } from './retain.ts';
import { subscribing, system } from './subscribe.ts';
import { undeclared } from './undeclared.ts';
import { leavingAWill } from './will.ts';

/** Every user × every topic × every action, over both versions, by effect; and what lab.yaml does not name at all. */
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
