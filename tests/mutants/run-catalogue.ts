import { atMost } from '../../base/limit.ts';
import type { MutantLab } from './lab.ts';
import type { Mutant } from './mutant.ts';
import { type MutantRun, runMutant } from './run-mutant.ts';

/** Each start of the checks takes a second of a core. */
const WIRE_AT_ONCE = 2;

/**
 * Runs mutants: those of the lab's machines one after the other, those on the wire two at a time, since each has a proxy of its own. Ends early,
 * with what it has, when the signal comes.
 */
export async function runCatalogue(
  lab: MutantLab,
  mutants: readonly Mutant[],
  signal: AbortSignal,
  onRun: (run: MutantRun) => void,
): Promise<readonly MutantRun[]> {
  const runs: MutantRun[] = [];
  const run = async (mutant: Mutant) => {
    if (signal.aborted) return;
    const done = await runMutant(lab, mutant, signal);
    if (signal.aborted) return;
    runs.push(done);
    onRun(done);
  };
  for (const mutant of mutants.filter(({ kind }) => kind === 'deployment')) await run(mutant);
  const limit = atMost(WIRE_AT_ONCE);
  const onWire = mutants.filter(({ kind }) => kind === 'wire');
  await Promise.all(onWire.map((mutant) => limit(() => run(mutant))));
  return mutants.flatMap((mutant) => runs.find((done) => done.mutant === mutant) ?? []);
}
