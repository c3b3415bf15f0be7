import process from 'node:process';
import { parseArgs } from 'node:util';
import { findEngine } from '../provisioning/docker/engine.ts';
import { measureRounds } from '../tests/bench/rounds.ts';
import { isMet, rowsOf, tableLines } from '../tests/bench/table.ts';

const USAGE = `npm run bench -- [--rounds N] [--json]
  --rounds N  how often everything is measured; medians are shown (default: 3)
  --json      one JSON object on standard output: rows, and each round's figures
Needs a Docker engine that answers. Exit code 0 when every target is met, 1 when one is missed, 2 when it could not run.`;

/** `npm run bench`: how long the lab takes and how much memory, against doing the same by hand. */
export async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const found = await findEngine();
  if (found.state !== 'answers') {
    console.error('bench: no Docker engine answers; ./lab up with a container in the lab file installs and starts one');
    return 2;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  try {
    const rounds = await measureRounds(found.docker, options.rounds, interrupt.signal, (line) => console.error(line));
    const rows = rowsOf(rounds);
    if (options.json) console.log(JSON.stringify({ rows: rows.map((row) => ({ ...row, met: isMet(row) })), rounds }));
    else for (const line of tableLines(rows, rounds.length)) console.log(line);
    return rows.every((row) => isMet(row) !== false) ? 0 : 1;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return interrupt.signal.aborted ? 130 : 2;
  }
}

function readOptions(args: string[]): { rounds: number; json: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
    });
    const rounds = Number(values.rounds);
    return Number.isInteger(rounds) && rounds > 0 ? { rounds, json: values.json } : undefined;
  } catch {
    return undefined;
  }
}
