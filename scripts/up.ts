import { Command } from 'commander';
import type Docker from 'dockerode';
import { LabError } from '../base/errors.ts';
import { bringUp, type HostOutcome } from '../deployment/apply-plan.ts';
import { holdLab } from '../deployment/lab-lock.ts';
import { liveBroker, locate } from '../deployment/locate.ts';
import type { LabPlan } from '../deployment/plan-lab.ts';
import { awaitReady, requireAnswer } from '../deployment/ready.ts';
import type { Lab } from '../lab-file/lab.ts';
import { requireEngine } from '../provisioning/docker/require-engine.ts';
import { type Display, openDisplay } from '../terminal/display.ts';
import { nextSteps } from '../terminal/next-steps.ts';
import { exitCodeOf, hostLines, hostsJson } from '../terminal/outcome-lines.ts';
import { changeLines } from '../terminal/plan-lines.ts';
import { willNotes } from '../terminal/will-notes.ts';
import { checkHostNames, hostNames } from './bounds.ts';
import type { LabCommand } from './command.ts';
import { type Context, confirm } from './context.ts';
import { makePlan, showPlan } from './plan.ts';

type Options = {
  takeOver?: true;
  verify: boolean;
  only?: readonly string[];
  dryRun?: true;
  yes?: true;
  json?: true;
};

/** `./lab up`: plan every host, carry the plan out, then prove it. */
export function up(): LabCommand {
  const command = new Command('up')
    .description(
      'Show the plan and carry it out: bring every host to what the lab file says, then verify. A second run changes nothing.',
    )
    .option(
      '--only <host>',
      'only this host (`broker` or a Pi), several with commas; verification is left out',
      hostNames,
    )
    .option('--dry-run', 'show the plan, change nothing: the same as plan')
    .option('--yes', 'do not ask, on a terminal, before something is removed or an engine installed')
    .option('--take-over', "put somebody else's Mosquitto on the broker host aside (kept in /var/lib/mqtt-lab)")
    .option('--no-verify', 'converge only')
    .option('--json', 'one JSON object on standard output, progress on standard error');
  return {
    command,
    async run(context) {
      const { takeOver = false, only, dryRun, yes, verify, json = false } = command.opts<Options>();
      if (dryRun === true) return await showPlan(context, { takeOver, only }, { exitCode: false, json });
      const lab = context.lab();
      checkHostNames(lab, only);
      const display = await openDisplay(json);
      const { report, paint, print } = display;
      try {
        await using _held = await holdLab(lab, report, context.signal);
        for (const text of willNotes(lab)) report({ host: 'broker', kind: 'note', text });
        if (lab.broker.host.kind === 'external') {
          // before any Pi is touched: without it there is nothing to prove
          await requireAnswer({ lab, broker: await liveBroker(lab, new Map()) }, context.signal);
        }
        const { plan: found, engine } = await makePlan(lab, { takeOver, only }, context.signal);
        await using plan = found;
        refuseWithoutBroker(plan);
        for (const line of changeLines(plan, paint)) print(line);
        const ask = yes === true ? async () => true : confirm;
        await askForRemovals(lab, plan, ask);
        const docker = await dockerFor(plan, engine, display, ask, context);
        const brought = await bringUp(lab, plan, docker, { report, signal: context.signal });
        const outcomes = [...brought.outcomes, ...skipped(lab, plan)];
        display.stop();
        if (context.signal.aborted) {
          const advice = './lab up goes on from there';
          throw new LabError({ subject: lab.name, step: 'up', happened: 'interrupted', advice }, 'interrupted');
        }
        for (const line of hostLines(outcomes, paint)) print(line);
        if (outcomes.some(({ state }) => state === 'failed')) {
          if (json) console.log(JSON.stringify({ verdict: 'fail', hosts: hostsJson(outcomes) }));
          return Math.max(1, ...outcomes.map(({ error }) => exitCodeOf(error)));
        }
        if (only !== undefined) {
          if (json) console.log(JSON.stringify({ verdict: 'pass', hosts: hostsJson(outcomes) }));
          else print('./lab verify proves the whole');
          return 0;
        }
        const open = plan.hosts.flatMap(({ name, reached }) =>
          reached === undefined ? [] : [[name, reached.host] as const],
        );
        const live = await locate(lab, brought.machines, new Map(open));
        await awaitReady(live, context.signal);
        const proved = verify
          ? await (await import('./verification.ts')).verifyOnce(context, display, { scope: 'quick', live })
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

/** Without a broker there is nothing to prove, so no other host is touched; a Pi's own trouble stops that Pi alone. */
function refuseWithoutBroker({ hosts }: LabPlan): void {
  const broker = hosts.find(({ name }) => name === 'broker');
  if (broker?.error !== undefined) throw broker.error;
}

/** On a terminal, what is there is removed only after a yes. */
async function askForRemovals(lab: Lab, plan: LabPlan, ask: (question: string) => Promise<boolean>): Promise<void> {
  const items = [...plan.docker, ...plan.hosts.flatMap((host) => host.items)];
  const count = items.filter(({ action }) => action === 'remove').length;
  if (count === 0 || (await ask(`The plan removes ${count === 1 ? 'one thing' : `${count} things`}. Go on?`))) return;
  throw new LabError({ subject: lab.name, step: 'up', happened: 'not wanted; nothing was changed' }, 'failed');
}

/** The engine for the machines of the plan, installed and started where none answers; one that nothing needs may still have machines to remove. */
async function dockerFor(
  plan: LabPlan,
  engine: Awaited<ReturnType<typeof makePlan>>['engine'],
  { report }: Display,
  ask: (question: string) => Promise<boolean>,
  { signal }: Context,
): Promise<Docker | undefined> {
  if (engine?.state === 'answers') return engine.docker;
  if (!plan.hosts.some(({ place }) => place === 'container')) return undefined;
  return await requireEngine(report, ask, signal);
}

/** The hosts that `--only` leaves out. */
function skipped(lab: Lab, plan: LabPlan): HostOutcome[] {
  const names = [...(lab.broker.host.kind === 'external' ? [] : ['broker']), ...lab.pis.map(({ name }) => name)];
  return names
    .filter((name) => !plan.hosts.some((host) => host.name === name))
    .map((host) => ({ host, state: 'skipped', changes: [], left: 0, durationMs: 0 }));
}
