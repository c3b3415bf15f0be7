import type { Plan } from './run/declare.ts';
import { notApplicable } from './support/check.ts';
import { willCauses } from './will/causes.ts';
import { willDelays } from './will/delay.ts';
import { willsLostHere } from './will/lost-here.ts';
import { willsOnPi } from './will/on-pi.ts';
import { retainedWills } from './will/retained.ts';

export const will: Plan = (world) => {
  const topics = world.lab.topics.filter(({ lastWill }) => lastWill.length > 0);
  if (topics.length === 0) {
    const claim = 'a last will is published when its owner is lost';
    return [notApplicable({ id: 'will.topics', claim }, 'lab.yaml names no topic with `lastWill`')];
  }
  // those that wait for a keep alive or a delay decide how long the run takes, so they start first
  return [willsLostHere, willsOnPi, willDelays, willCauses, retainedWills].flatMap((plan) => plan(world, topics));
};
