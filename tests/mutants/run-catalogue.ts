import { atMost } from '../../base/limit.ts';
import type { MutantLab } from './lab.ts';
import type { Mutant } from './mutant.ts';
import { type MutantRun, runMutant } from './run-mutant.ts';

/** Each start of the checks takes a second of a core. */
const WIRE_AT_ONCE = 2;

/**
 * Runs deployment mutants one after the other, since they share the machines, and wire mutants two at a time, since each
 * has its own proxy. On the signal it ends early with the runs so far.
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
