import { ansible } from './ansible.ts';
import type { Bench } from './bench.ts';
import { runLab } from './lab-command.ts';
import { type Of, type Part, partOf } from './part.ts';
import { plain } from './plain.ts';
import { openStage, type Prepare } from './stage.ts';
import type { Row } from './table.ts';

type Tool = 'plain' | 'lab' | 'ansible';
/** Seconds on fresh hosts, and again on the same ones; NaN for a tool that is not installed. */
type Runs = { readonly cold: number; readonly again: number };
export type SideBySide = Readonly<Record<Tool, Runs>>;

const lab: Prepare = async (stage, signal) => async () =>
  (await runLab(stage.lab.file, ['up', '--no-verify'], signal)).seconds;

const TOOLS: Readonly<Record<Tool, Prepare>> = { plain, lab, ansible };

/** The lab, plain ssh + apt and, where installed, Ansible, each on two fresh containers. `delayMs`: delay of each direction. */
export function sideBySide(name: string, delayMs: number, hasAnsible: boolean): Part {
  const tools: readonly Tool[] = hasAnsible ? ['plain', 'lab', 'ansible'] : ['plain', 'lab'];
  const measure = async (bench: Bench, round: number): Promise<SideBySide> => {
    const none = { cold: Number.NaN, again: Number.NaN };
    const runs: Record<Tool, Runs> = { plain: none, lab: none, ansible: none };
    // a later tool may find the archive's answers in a cache, so the order changes each round
    const first = round % tools.length;
    for (const tool of [...tools.slice(first), ...tools.slice(0, first)]) {
      await using stage = await openStage(bench, delayMs);
      const run = await TOOLS[tool](stage, bench.signal);
      runs[tool] = { cold: await run(), again: await run() };
    }
    return runs;
  };
  return partOf(name, measure, (of) => rowsOf(of, delayMs).filter(({ tool }) => hasAnsible || tool !== 'ansible'));
}

/** Pure. */
export function rowsOf(of: Of<SideBySide>, delayMs: number): (Row & { readonly tool?: Tool })[] {
  const where = delayMs === 0 ? '' : `, ${2 * delayMs} ms away`;
  const seconds = (tool: Tool, what: string, run: keyof Runs) =>
    ({ tool, name: `${what}${where}`, median: of((round) => round[tool][run]), unit: 's' }) as const;
  return [
    seconds('plain', 'cold: plain ssh + apt', 'cold'),
    seconds('lab', 'cold: up', 'cold'),
    {
      name: '  up / plain',
      median: of((round) => round.lab.cold / round.plain.cold),
      unit: '×',
      target: { most: 1.15 },
    },
    seconds('ansible', 'cold: Ansible', 'cold'),
    seconds('plain', 'no change: plain ssh + apt', 'again'),
    { ...seconds('lab', 'no change: up', 'again'), target: { most: delayMs === 0 ? 1 : 1.5 } },
    seconds('ansible', 'no change: Ansible', 'again'),
    {
      tool: 'ansible',
      name: '  Ansible / up',
      median: of((round) => round.ansible.again / round.lab.again),
      unit: '×',
      ...(delayMs === 0 ? { target: { least: 10 } } : {}),
    },
  ];
}
