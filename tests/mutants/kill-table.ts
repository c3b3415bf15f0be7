import type { MutantRun } from './run-mutant.ts';

const SHOWN = 4;

/** A mutant's outcome in a line. */
export function killLine({ mutant, kill, seconds }: MutantRun): string {
  const mark = kill.outcome === 'killed' ? '✓' : '✗';
  return `${mark} ${mutant.name.padEnd(44)} ${seconds.toFixed(1).padStart(5)} s  ${verdictText({ mutant, kill })}`;
}

function verdictText({ mutant, kill }: Pick<MutantRun, 'mutant' | 'kill'>): string {
  switch (kill.outcome) {
    case 'killed':
      return `killed by ${mutant.caughtBy.join(', ')}`;
    case 'missed':
      return `missed by ${listOf(kill.by)}`;
    case 'false alarm':
      return `false alarm of ${listOf(kill.by)}`;
    case 'not judged':
      return `no check reached a verdict that matches ${kill.by.join(', ')}`;
    case 'error':
      return kill.reason;
  }
}

function listOf(ids: readonly string[]): string {
  return ids.length <= SHOWN ? ids.join(', ') : `${ids.slice(0, SHOWN).join(', ')} and ${ids.length - SHOWN} more`;
}

/** The outcomes of a catalogue as a Markdown table. */
export function killTable(runs: readonly MutantRun[]): string {
  const rows = runs.map(({ mutant, kill, failed, seconds }) =>
    [
      mutant.name,
      mutant.what,
      mutant.caughtBy.map((pattern) => `\`${pattern}\``).join(', '),
      String(failed.length),
      kill.outcome === 'killed' ? 'killed' : `**${kill.outcome}**: ${verdictText({ mutant, kill })}`,
      seconds.toFixed(1),
    ].map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')),
  );
  const heads = ['mutant', 'fault', 'caught by', 'failed checks', 'verdict', 's'];
  return `${[heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** The outcomes of a catalogue as JSON. */
export function killJson(runs: readonly MutantRun[]): object {
  return {
    killed: runs.filter(({ kill }) => kill.outcome === 'killed').length,
    mutants: runs.map(({ mutant: { name, what, kind, caughtBy }, kill, failed, seconds }) => ({
      name,
      what,
      kind,
      caughtBy,
      kill,
      failed,
      seconds: Math.round(seconds * 10) / 10,
    })),
  };
}
