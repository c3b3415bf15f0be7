import { contradictions } from '../../unit/records/json/_published.ts';

/** The definition in results.schema.json of what each command prints with `--json`. */
const KINDS: Readonly<Record<string, string>> = {
  up: 'up',
  plan: 'plan',
  verify: 'results',
  report: 'results',
  status: 'status',
  compare: 'comparison',
};

/** Throws where `--json` of a command printed something else than results.schema.json says. */
export function checkJsonOutput(args: readonly string[], stdout: string): void {
  const command = args.find((arg) => arg in KINDS);
  // the options of `ssh` are the remote command's
  if (command === undefined || !args.includes('--json') || args.includes('ssh') || stdout === '') return;
  const value: unknown = JSON.parse(stdout);
  const isFailure = contradictions(value, 'failure').length === 0;
  const kind = args.includes('--dry-run') ? 'plan' : (KINDS[command] ?? command);
  const found = isFailure ? [] : contradictions(value, kind);
  if (found.length > 0) throw new Error(`${args.join(' ')} contradicts results.schema.json:\n${found.join('\n')}`);
}
