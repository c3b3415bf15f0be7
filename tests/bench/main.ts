import process from 'node:process';
import { parseArgs } from 'node:util';
import { findEngine } from '../../provisioning/docker/engine.ts';
import { hasBrowser } from '../lab/support/browser.ts';
import { ansibleVersion, HOW_TO_INSTALL } from './ansible.ts';
import { openBench } from './bench.ts';
import { runLab } from './lab-command.ts';
import { containerLab } from './lab-text.ts';
import { PARTS, type PartName, partsOf } from './parts.ts';
import { isMet, tableLines } from './table.ts';

const USAGE = `npm run bench -- [--rounds N] [--only PARTS] [--json]
  --rounds N    how often everything is measured; medians are shown (default: 3)
  --only PARTS  some of these, with commas (default: all):
                start   plan --help, beside node -e 0
                direct  up, plain ssh + apt and Ansible on two fresh containers each, cold and without changes
                link    the same, 40 ms away
                pis     up of 1 and of 10 Pis whose image has the packages, and of 20 without changes
                verify  up and verify of a lab in containers, in time and memory
                listeners  login and round trip over plain TCP, TLS and WebSockets
                live    from ./lab live to its page, and from a packet on the wire to the screen
  --json        one JSON object on standard output: rows, and each round's figures
Needs a Docker engine that answers, for Ansible's rows Ansible (${HOW_TO_INSTALL}), and for live Chromium.
Exit code 0 when every target is met, 1 when one is missed, 2 when it could not run.`;

type Options = { readonly rounds: number; readonly only: readonly PartName[]; readonly json: boolean };

/** `npm run bench`: time and memory of the lab, against the same work by hand and by Ansible. */
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
    const version = await ansibleVersion(interrupt.signal);
    if (version === undefined) console.error(`Ansible is not installed (${HOW_TO_INSTALL}): its rows are left out`);
    if (!hasBrowser()) console.error('neither chromium nor google-chrome is installed: live is left out');
    const only = options.only.filter((part) => part !== 'live' || hasBrowser());
    const parts = partsOf(only, version !== undefined);
    await using bench = await openBench(found.docker, interrupt.signal);
    // the first start after a change of the sources builds ./lab
    const name = bench.name('none');
    await runLab(await bench.labFile(name, containerLab(name, [])), ['plan'], interrupt.signal);
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const part of parts) {
        console.error(`round ${round} of ${options.rounds}: ${part.name}`);
        await part.measure(bench, round);
      }
    }
    const rows = parts.flatMap((part) => part.rows());
    if (options.json) {
      const rounds = Object.fromEntries(parts.map((part) => [part.name, part.rounds]));
      const shown = rows.map((row) => ({ ...row, met: isMet(row) }));
      console.log(JSON.stringify({ ansible: version ?? null, rows: shown, rounds }));
    } else for (const line of tableLines(rows, options.rounds)) console.log(line);
    return rows.every((row) => isMet(row) !== false) ? 0 : 1;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return interrupt.signal.aborted ? 130 : 2;
  }
}

function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '3' },
        only: { type: 'string', default: PARTS.join(',') },
        json: { type: 'boolean', default: false },
      },
    });
    const rounds = Number(values.rounds);
    const words = values.only.split(',');
    const only = PARTS.filter((name) => words.includes(name));
    const isWhole = Number.isInteger(rounds) && rounds > 0 && only.length === words.length;
    return isWhole ? { rounds, only, json: values.json } : undefined;
  } catch {
    return undefined;
  }
}
