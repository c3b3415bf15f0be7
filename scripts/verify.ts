import { Command, InvalidArgumentError } from 'commander';
import type { LiveLab } from '../provisioning/live-lab.ts';
import { withVersion } from '../provisioning/locate.ts';
import { privateFolder } from '../provisioning/private-folder.ts';
import { type Display, openDisplay } from '../report/display.ts';
import { type Results, results } from '../report/json.ts';
import { recap } from '../report/recap.ts';
import { verify as runSmokeTests } from '../tests/run-smoke.ts';
import type { Context } from './context.ts';
import type { LabCommand } from './lab.ts';

type Options = { only?: string; timeout?: number; json?: true };

/** `./lab verify`: the smoke tests, against the lab as it stands. */
export function verify(): LabCommand {
  const command = new Command('verify')
    .description(
      'Prove on the wire that the lab as it stands does what the lab file says. Changes nothing on any host.',
    )
    .option('--only <pattern>', 'only the checks whose id matches, such as will.* or auth.*,qos.2.*')
    .option('--timeout <seconds>', 'bound on the whole run', positive)
    .option('--json', 'one JSON object on standard output, progress on standard error');
  return {
    command,
    async run(context) {
      const { only, timeout, json = false } = command.opts<Options>();
      const display = await openDisplay(json);
      try {
        const proved = await verification(await context.live(), context, display, {
          only,
          timeoutMs: timeout === undefined ? undefined : timeout * 1000,
        });
        if (json) console.log(JSON.stringify(proved));
        return proved.verdict === 'pass' ? 0 : 1;
      } finally {
        display.stop();
      }
    },
  };
}

/** Runs the smoke tests, shows them as they come and the recap at the end. */
export async function verification(
  live: LiveLab,
  context: Context,
  display: Display,
  wish: { only?: string | undefined; timeoutMs?: number | undefined } = {},
): Promise<Results> {
  const { tell, paint, print } = display;
  let done = 0;
  tell({ host: 'verify', kind: 'step', text: 'smoke tests' });
  const { records, folder } = await runSmokeTests(await withVersion(live, context.signal), {
    ...wish,
    runsDirectory: privateFolder(live.lab, 'runs'),
    signal: context.signal,
    onRecord({ id, verdict, reason }) {
      done += 1;
      if (verdict === 'fail')
        tell({ host: 'verify', kind: 'note', text: `✗ ${id}${reason === undefined ? '' : `: ${reason}`}` });
      else tell({ host: 'verify', kind: 'detail', text: `${done} checks, last ${id}` });
    },
  });
  display.stop();
  for (const line of recap(records, paint)) print(line);
  print(`records: ${folder}`);
  return results(records);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number of seconds above 0 is needed');
  return value;
}
