import { Command, InvalidArgumentError } from 'commander';
import { requireAnswer } from '../probes/ready.ts';
import { InputError } from '../provisioning/errors.ts';
import type { LiveLab } from '../provisioning/live-lab.ts';
import { withVersion } from '../provisioning/locate.ts';
import { privateFolder } from '../provisioning/private-folder.ts';
import { type Display, openDisplay } from '../report/display.ts';
import { type Results, results } from '../report/json.ts';
import { recap } from '../report/recap.ts';
import { verify as runSmokeTests } from '../tests/run-smoke.ts';
import type { Scope } from '../tests/smoke/support/check.ts';
import type { Context } from './context.ts';
import type { LabCommand } from './lab.ts';

type Options = { quick?: true; disruptive?: true; only?: string; timeout?: number; json?: true };

/** `./lab verify`: the smoke tests, against the lab as it stands. */
export function verify(): LabCommand {
  const command = new Command('verify')
    .description(
      'Prove on the wire that the lab as it stands does what the lab file says. Changes nothing on any host.',
    )
    .option('--quick', 'no wait longer than one keep-alive expiry at 5 s; what `up` runs')
    .option('--disruptive', 'also stop and crash the broker and reboot the Pis, and show what survives')
    .option('--only <pattern>', 'only the checks whose id matches, such as will.* or auth.*,qos.2.*')
    .option('--timeout <seconds>', 'bound on the checks of one run; cleaning up may take 8 s on top', boundSeconds)
    .option('--json', 'one JSON object on standard output, progress on standard error');
  return {
    command,
    async run(context) {
      const { quick, disruptive, only, timeout, json = false } = command.opts<Options>();
      if (quick === true && disruptive === true) throw new InputError(['--quick and --disruptive exclude each other']);
      const display = await openDisplay(json);
      try {
        const live = await context.live();
        const proved = await verification(live, context, display, {
          only,
          scope: disruptive === true ? 'disruptive' : quick === true ? 'quick' : 'default',
          timeoutMs: timeout === undefined ? undefined : timeout * 1000,
          first: requireAnswer(live, context.signal),
        });
        if (json) console.log(JSON.stringify(proved));
        return proved.verdict === 'pass' ? 0 : 1;
      } finally {
        display.stop();
      }
    },
  };
}

type Wish = {
  readonly scope: Scope;
  readonly only?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** What has to be true first; where it rejects, no check begins. */
  readonly first?: Promise<void> | undefined;
};

/** Runs the smoke tests, shows how far they are and the recap at the end. */
export async function verification(
  live: LiveLab,
  context: Context,
  display: Display,
  { first, ...wish }: Wish,
): Promise<Results> {
  const { tell, paint, print } = display;
  let done = 0;
  let failed = 0;
  tell({ host: 'verify', kind: 'step', text: 'smoke tests' });
  const known = Promise.all([withVersion(live, context.signal), first]).then(([withIt]) => withIt);
  const { records, folder } = await runSmokeTests(known, {
    ...wish,
    runsDirectory: privateFolder(live.lab, 'runs'),
    signal: context.signal,
    onRecord({ id, verdict }) {
      done += 1;
      if (verdict === 'fail') failed += 1;
      // the recap tells each failure, once
      const so = failed === 0 ? '' : `, ${failed} failed`;
      tell({ host: 'verify', kind: 'detail', text: `${done} checks${so}, last ${id}` });
    },
  });
  display.stop();
  for (const line of recap(records, paint)) print(line);
  print(`records: ${folder}`);
  return results(records);
}

/** setTimeout takes 2³¹ ms at most and fires at once beyond that. */
const LONGEST_S = 86_400;

export function boundSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= LONGEST_S)) {
    throw new InvalidArgumentError(`a number of seconds above 0 and at most ${LONGEST_S} (a day) is needed`);
  }
  return value;
}
