import { shellScript } from '../../base/shell-script.ts';
import type { Fact, Query } from './facts.ts';

/** Unfinished work of a killed dpkg that the lab's packages need. */
export type Unfinished = {
  /** Whether a killed dpkg left its journal, with which apt refuses to work. */
  readonly isInterrupted: boolean;
  /** Packages that are neither installed nor absent, with their state. */
  readonly halfDone: ReadonlyMap<string, string>;
};

export const DPKG: Query = { id: 'dpkg', script: shellScript('dpkg-facts.sh', import.meta.url) };

/** dpkg(1), package states; `R` in the third place stands for reinst-required. */
const STATES: Readonly<Record<string, string>> = {
  H: 'half installed',
  U: 'unpacked, not configured',
  F: 'half configured',
  W: 'waits for a trigger',
  t: 'has a trigger pending',
  i: 'lacks some of its files',
};

type Package = { readonly state: string; readonly isEssential: boolean; readonly needs: readonly string[] };

/** Covers the wanted packages and everything that they need; other half-done packages are not the lab's. */
export function unfinishedPackages({ output }: Fact, wanted: readonly string[]): Unfinished {
  const lines = output.split('\n');
  const packages = new Map(
    lines.flatMap((line) => {
      const [kind, state = '', name = '', essential, ...depends] = line.split('|');
      // `a (>= 1) | b:any, c`: each of the alternatives
      const needs = depends
        .join('|')
        .split(/[,|]/)
        .map((word) => word.trim().split(/[ :(]/)[0] ?? '');
      return kind === 'package' ? [[name, { state, isEssential: essential === 'yes', needs }] as const] : [];
    }),
  );
  const halfDone = [...needed(packages, wanted)].flatMap((name) => {
    const state = packages.get(name)?.state ?? '';
    const isDone = /^.([nc]|i[^R]*$)/.test(state) || state === '';
    return isDone ? [] : [[name, STATES[state[1] ?? ''] ?? `in state ${state}`] as const];
  });
  return { isInterrupted: lines.includes('interrupted'), halfDone: new Map(halfDone) };
}

/** The wanted packages, the essential ones, on which all others may rely, and what these depend on. */
function needed(packages: ReadonlyMap<string, Package>, wanted: readonly string[]): ReadonlySet<string> {
  const essential = [...packages].flatMap(([name, { isEssential }]) => (isEssential ? [name] : []));
  const found = new Set([...wanted, ...essential]);
  // the loop also reaches what it adds
  for (const name of found) for (const need of packages.get(name)?.needs ?? []) found.add(need);
  return found;
}
