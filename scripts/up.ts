import { Command } from 'commander';
import { awaitReady, requireAnswer } from '../probes/ready.ts';
import { bringUp, lookForRoom } from '../provisioning/bring-up.ts';
import { findEngine } from '../provisioning/docker/engine.ts';
import { requireEngine } from '../provisioning/docker/require-engine.ts';
import { LabError } from '../provisioning/errors.ts';
import { willWidens } from '../provisioning/lab-file/may.ts';
import { liveBroker, locate } from '../provisioning/locate.ts';
import { containerMachines } from '../provisioning/machines.ts';
import { openDisplay } from '../report/display.ts';
import { hostLines, hostsJson } from '../report/hosts.ts';
import { nextSteps } from '../report/next-steps.ts';
import { confirm } from './context.ts';
import type { LabCommand } from './lab.ts';

type Options = { takeOver?: true; verify: boolean; json?: true };

/** `./lab up`: converge every host, then prove it. */
export function up(): LabCommand {
  const command = new Command('up')
    .description('Bring every host to what the lab file says, then verify. A second run changes nothing.')
    .option('--take-over', "put somebody else's Mosquitto on the broker host aside (kept in /var/lib/mqtt-lab)")
    .option('--no-verify', 'converge only')
    .option('--json', 'one JSON object on standard output, progress on standard error');
  return {
    command,
    async run(context) {
      const { takeOver = false, verify, json = false } = command.opts<Options>();
      const lab = context.lab();
      const display = await openDisplay(json);
      const { tell, paint, print } = display;
      try {
        for (const { user, topic } of willWidens(lab)) {
          const text = `${user} may write to ${topic}: Mosquitto grants a last will by write permission`;
          tell({ host: 'broker', kind: 'note', text });
        }
        if (lab.broker.host.kind === 'external') {
          // before any Pi is touched: without it there is nothing to prove
          await requireAnswer({ lab, broker: liveBroker(lab, new Map()) }, context.signal);
        }
        const needsEngine = containerMachines(lab).length > 0;
        // both only look, so they go side by side; nothing is installed where somebody else's broker is in the way
        await Promise.all([lookForRoom(lab, takeOver, context.signal), needsEngine ? findEngine() : undefined]);
        const docker = needsEngine ? (await requireEngine(tell, confirm, context.signal)).docker : undefined;
        const { outcomes, machines } = await bringUp(lab, docker, { takeOver, tell, signal: context.signal });
        display.stop();
        if (context.signal.aborted) {
          const advice = './lab up goes on from there';
          throw new LabError({ subject: lab.name, step: 'up', happened: 'interrupted', advice }, 1);
        }
        for (const line of hostLines(outcomes, paint)) print(line);
        const failed = outcomes.some(({ state }) => state === 'failed');
        if (failed) {
          if (json) console.log(JSON.stringify({ verdict: 'fail', hosts: hostsJson(outcomes) }));
          return Math.max(1, ...outcomes.map(({ error }) => exitCodeOf(error)));
        }
        const live = await locate(lab, machines);
        await awaitReady(live, context.signal);
        const proved = verify
          ? await (await import('./verify.ts')).verification(lab, Promise.resolve(live), context, display, {
              scope: 'quick',
            })
          : undefined;
        if (json) console.log(JSON.stringify({ verdict: 'pass', hosts: hostsJson(outcomes), ...proved }));
        else for (const line of nextSteps(live, paint)) print(line);
        return proved === undefined || proved.verdict === 'pass' ? 0 : 1;
      } finally {
        display.stop();
      }
    },
  };
}

function exitCodeOf(error: unknown): number {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
}
