import * as z from 'zod';
import type { Bench } from './bench.ts';
import { runLab, weighLab } from './lab-command.ts';
import { containerLab } from './lab-text.ts';
import type { Peak } from './memory.ts';
import { type Of, type Part, partOf } from './part.ts';
import type { Row } from './table.ts';

/** What one round measured: seconds, and MB for the peaks. */
export type WholeLab = {
  readonly cold: number;
  readonly second: number;
  readonly secondVerified: number;
  readonly quick: number;
  /** The longest that MQTT made a check wait in the same run: a keep-alive expiry. */
  readonly quickLongestWait: number;
  /** The default run, its longest wait, and the sum of its waits, which go on side by side. */
  readonly verify: number;
  readonly longestWait: number;
  readonly waits: number;
  readonly upPeak: Peak;
  readonly quickPeak: Peak;
  readonly verifyPeak: Peak;
};

/** Time and memory of the default lab with its broker in a container, from no container to a verification. */
export function wholeLab(): Part {
  return partOf('verify', measure, rowsOf);
}

async function measure(bench: Bench): Promise<WholeLab> {
  const name = bench.name('lab');
  const file = await bench.labFile(name, containerLab(name, ['pi']));
  const { signal } = bench;
  // making the images is not measured
  await runLab(file, ['up', '--no-verify'], signal);
  await bench.clear(name);
  const cold = await runLab(file, ['up', '--no-verify'], signal);
  const converged = await weighLab(file, ['up', '--no-verify'], signal);
  const again = await runLab(file, ['up'], signal);
  const quick = await weighLab(file, ['verify', '--quick', '--json'], signal);
  const verified = await weighLab(file, ['verify', '--json'], signal);
  const waits = waitsOf(verified.stdout);
  return {
    cold: cold.seconds,
    second: converged.seconds,
    secondVerified: again.seconds,
    quick: quick.seconds,
    quickLongestWait: Math.max(0, ...waitsOf(quick.stdout)),
    verify: verified.seconds,
    longestWait: Math.max(0, ...waits),
    waits: waits.reduce((sum, wait) => sum + wait, 0),
    upPeak: converged.peak,
    quickPeak: quick.peak,
    verifyPeak: verified.peak,
  };
}

const Verified = z.object({ checks: z.array(z.object({ waitMs: z.number().default(0) })) });

/** Seconds that MQTT made each check wait. */
function waitsOf(json: string): number[] {
  return Verified.parse(JSON.parse(json)).checks.map(({ waitMs }) => waitMs / 1000);
}

/** Pure. */
export function rowsOf(of: Of<WholeLab>): Row[] {
  const seconds = (name: string, figure: (round: WholeLab) => number, most?: number): Row => {
    return { name, median: of(figure), unit: 's', ...(most === undefined ? {} : { target: { most } }) };
  };
  const memory = (name: string, figure: (round: WholeLab) => number): Row => {
    return { name: `memory of ${name}`, median: of(figure), unit: 'MB', target: { most: 200 } };
  };
  return [
    seconds('cold up, from no container', ({ cold }) => cold),
    seconds('second up --no-verify', ({ second }) => second, 1),
    seconds('second up', ({ secondVerified }) => secondVerified),
    seconds('verify --quick', ({ quick }) => quick),
    seconds('  longest wait that MQTT imposes', ({ quickLongestWait }) => quickLongestWait),
    seconds('  verify --quick beyond it', ({ quick, quickLongestWait }) => quick - quickLongestWait, 2),
    seconds('verify', ({ verify }) => verify, 60),
    seconds('  sum of the waits that MQTT imposes', ({ waits }) => waits),
    seconds('  longest wait that MQTT imposes', ({ longestWait }) => longestWait),
    seconds('  verify beyond it', ({ verify, longestWait }) => verify - longestWait, 3),
    memory('up, largest process', ({ upPeak }) => upPeak.process),
    memory('up, all processes', ({ upPeak }) => upPeak.tree),
    memory('verify --quick, all processes', ({ quickPeak }) => quickPeak.tree),
    memory('verify, largest process', ({ verifyPeak }) => verifyPeak.process),
    memory('verify, all processes', ({ verifyPeak }) => verifyPeak.tree),
  ];
}
