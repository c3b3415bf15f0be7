import type { Plan } from '../run/declare.ts';
import { publishing } from './publish.ts';
import { retaining } from './retain.ts';
import { subscribing, system } from './subscribe.ts';
import { undeclared } from './undeclared.ts';
import { leavingAWill } from './will.ts';

/** Every user × every topic × every action, over both versions, by effect; and what lab.yaml does not name at all. */
export const acl: Plan = (world) => [
  ...world.lab.topics.flatMap((topic) =>
    world.lab.users.flatMap((user) => [
      ...publishing(world, topic, user),
      ...subscribing(world, topic, user),
      ...leavingAWill(world, topic, user),
      ...retaining(world, topic, user),
    ]),
  ),
  ...world.lab.users.flatMap((user) => [...system(world, user), ...undeclared(world, user)]),
];
