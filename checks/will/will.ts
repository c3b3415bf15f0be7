import { notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { willCauses } from './causes.ts';
import { willDelays } from './delay.ts';
import { willsLostHere } from './lost-here.ts';
import { willsOnPi } from './on-pi.ts';
import { retainedWills } from './retained.ts';
import { willCases } from './will-case.ts';

export const will: CheckFamily = (testLab) => {
  const topics = testLab.lab.topics.filter(({ lastWill }) => lastWill.length > 0);
  if (topics.length === 0) {
    const claim = 'a client that is lost leaves its last will';
    return [notApplicable({ id: 'will.topics', claim }, 'lab.yaml declares no topic with `lastWill`')];
  }
  // those that wait for a keep alive or a delay decide how long the run takes, so they start first
  const cases = willCases(topics);
  return [willsLostHere, willsOnPi, willDelays, willCauses, retainedWills].flatMap((list) => list(testLab, cases));
};
