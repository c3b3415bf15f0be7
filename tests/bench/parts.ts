import { listeners } from './listeners.ts';
import { live } from './live.ts';
import { manyPis } from './many-pis.ts';
import type { Part } from './part.ts';
import { sideBySide } from './side-by-side.ts';
import { start } from './start.ts';
import { wholeLab } from './whole-lab.ts';

/** One way of a link with a round-trip time of 40 ms, such as between two cities. */
const FAR_MS = 20;

export const PARTS = ['start', 'direct', 'link', 'pis', 'verify', 'listeners', 'live'] as const;
export type PartName = (typeof PARTS)[number];

const MAKERS: Readonly<Record<PartName, (hasAnsible: boolean) => Part>> = {
  start,
  direct: (hasAnsible) => sideBySide('direct', 0, hasAnsible),
  link: (hasAnsible) => sideBySide('link', FAR_MS, hasAnsible),
  pis: manyPis,
  verify: wholeLab,
  listeners,
  live,
};

/** The parts of a bench by their names. */
export function partsOf(names: readonly PartName[], hasAnsible: boolean): Part[] {
  return PARTS.filter((name) => names.includes(name)).map((name) => MAKERS[name](hasAnsible));
}
