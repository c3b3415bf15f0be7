import process from 'node:process';
import { Command } from 'commander';
import type Docker from 'dockerode';
import { CALLED_AS } from '../base/called-as.ts';
import { InputError } from '../base/errors.ts';
import { applyPlan, type HostOutcome } from '../deployment/apply-plan.ts';
import { containerNames } from '../deployment/containers.ts';
import { containerCreator } from '../deployment/create-containers.ts';
import { openAfterFirstBoot } from '../deployment/first-boot.ts';
import { holdLab } from '../deployment/lab-lock.ts';
import { type Containers, liveBroker, locate, locateContainers } from '../deployment/locate.ts';
import type { LabPlan } from '../deployment/plan-lab.ts';
import { awaitReady, requireAnswer } from '../deployment/ready.ts';
import type { Lab } from '../lab-file/lab.ts';
import { removeContainers } from '../provisioning/docker/container.ts';
import type { EngineLookup } from '../provisioning/docker/engine.ts';
import { requireEngine } from '../provisioning/docker/require-engine.ts';
import { fittedResults } from '../records/fit-results.ts';
import type { UpJson } from '../records/json/up.ts';
import { type Display, openDisplay } from '../terminal/display.ts';
import { nextSteps } from '../terminal/next-steps.ts';
import { exitCodeOf, hostLines, hostsJson } from '../terminal/outcome-lines.ts';
import { changeLines } from '../terminal/plan-lines.ts';
import { willNotes } from '../terminal/will-notes.ts';
import { boundSeconds, checkHostNames, hostNames } from './bounds.ts';
import type { LabCommand } from './command.ts';
import { type Context, cancelled, confirm, refuseInterrupted } from './context.ts';
import { outputFileMistakes } from './output-file.ts';
import { makePlan, showPlan } from './plan.ts';
import { summarized } from './summarized.ts';

type Options = {
  takeOver?: true;
  verify: boolean;
  only?: readonly string[];
  dryRun?: true;
  yes?: true;
  timeout?: number;
  json?: true;
  summary?: string;
};

type Ask = (question: string) => Promise<boolean>;

/** `./lab up`: plans every host, applies the plan, then verifies. */
export function up(): LabCommand {
  const command = new Command('up')
    .description('Make every host match the lab file: show the plan, apply it, verify. A second run changes nothing.')
    .option('--only <host>', 'only this host (`broker` or a Pi), or several with commas; does not verify', hostNames)
    .option('--dry-run', 'show the plan and change nothing, as plan does')
    .option('--yes', 'do not ask on a terminal before removing something or installing Docker')
    .option('--take-over', "replace a Mosquitto on the broker host that is not the lab's (backup in /var/lib/mqtt-lab)")
    .option('--no-verify', 'do not verify')
    .option('--timeout <seconds>', 'limit for the checks (default: 180); cleaning up may take 8 s more', boundSeconds)
    .option('--json', 'one JSON object on standard output, progress on standard error')
    .option('--summary <file>', 'write what up did and found to this file as Markdown, also when it fails');
  return {
    command,
    async run(context) {
      const options = command.opts<Options>();
      const { summary, dryRun, takeOver = false, only, json = false } = options;
      await refuseMistakes(options);
      if (dryRun === true) return await showPlan(context, { takeOver, only }, { exitCode: false, json });
      return await summarized(summary, (found) => run(context, options, found));
    },
  };
}

async function refuseMistakes({ summary, dryRun }: Options): Promise<void> {
  const mistakes = await outputFileMistakes('--summary', summary);
  if (summary !== undefined && dryRun === true) mistakes.push('--dry-run and --summary exclude each other');
  if (mistakes.length > 0) throw new InputError(mistakes);
}

/** `found` takes what is known so far. */
async function run(context: Context, options: Options, found: (results: UpJson) => Promise<void>): Promise<number> {
  const { takeOver = false, only, json = false, timeout } = options;
  const lab = context.lab();
  checkHostNames(lab, only);
  const display = await openDisplay(json ? process.stderr : process.stdout);
  try {
    await using _held = await holdLab(lab, display.report, context.signal);
    await announce(lab, context, display);
    const open = openAfterFirstBoot(lab, display);
    const { plan: made, engine } = await makePlan(lab, { takeOver, only }, { signal: context.signal, open });
    await using plan = made;
    const { outcomes, containers } = await converged(lab, plan, engine, {
      ask: options.yes === true ? async () => true : confirm,
      display,
      signal: context.signal,
    });
    const failed = outcomes.filter(({ state }) => state === 'failed');
    const applied: UpJson = { verdict: failed.length > 0 ? 'fail' : 'pass', hosts: hostsJson(outcomes) };
    await found(applied);
    if (failed.length > 0 || only !== undefined) {
      if (json) console.log(JSON.stringify(applied));
      else if (failed.length === 0) display.print(`${CALLED_AS} verify checks the whole lab`);
      return Math.max(0, ...failed.map(({ error }) => exitCodeOf(error)));
    }
    const live = await locate(lab, containers, openConnections(plan));
    await awaitReady(live, context.signal);
    const proved = options.verify
      ? await (await import('./verification.ts')).verifyOnce(context, display, {
          ...{ scope: 'quick', live },
          timeoutMs: timeout === undefined ? undefined : timeout * 1000,
        })
      : undefined;
    const results: UpJson = { ...applied, ...(proved && fittedResults(proved)) };
    await found(results);
    if (json) console.log(JSON.stringify(results));
    else for (const line of nextSteps(live, display.paint)) display.print(line);
    return results.verdict === 'pass' ? 0 : 1;
  } finally {
    display.stop();
  }
}

/** Without an external broker there is nothing to verify, so it must answer before any Pi is changed. */
async function announce(lab: Lab, { signal }: Context, { report }: Display): Promise<void> {
  for (const text of willNotes(lab)) report({ host: 'broker', kind: 'note', text });
  if (lab.broker.host.kind !== 'external') return;
  await requireAnswer({ lab, broker: await liveBroker(lab, new Map()) }, signal);
}

type Applying = { readonly ask: Ask; readonly display: Display; readonly signal: AbortSignal };

/** Prints the plan, asks, applies it, and prints the outcomes. */
async function converged(
  lab: Lab,
  plan: LabPlan,
  engine: EngineLookup | undefined,
  { ask, display, signal }: Applying,
): Promise<{ readonly outcomes: readonly HostOutcome[]; readonly containers: Containers }> {
  const { report, paint, print } = display;
  refuseWithoutBroker(plan);
  for (const line of changeLines(plan, paint)) print(line);
  if (!(await confirmRemovals(plan, ask))) throw cancelled(lab.name, 'up');
  const docker = await engineFor(plan, engine, { ask, display, signal });
  if (docker !== undefined && plan.docker.some(({ action }) => action === 'remove')) {
    await removeContainers(docker, lab.name, containerNames(lab));
  }
  const createContainer = docker === undefined ? undefined : containerCreator(docker, lab, { report, signal });
  const applied = await applyPlan(plan, { lab, createContainer, report, signal });
  const outcomes = [...applied.outcomes, ...skipped(lab, plan)];
  display.stop();
  refuseInterrupted(signal, lab.name, 'up');
  for (const line of hostLines(outcomes, paint)) print(line);
  // a container that was rebooted has other ports
  const isRebooted = docker !== undefined && lab.pis.some(({ reboot }) => reboot);
  const again = isRebooted ? await locateContainers(lab, docker) : [];
  return { outcomes, containers: new Map([...applied.containers, ...again]) };
}

/** Without a broker there is nothing to verify, so no host is changed. A Pi that fails stops that Pi alone. */
function refuseWithoutBroker({ hosts }: LabPlan): void {
  const broker = hosts.find(({ name }) => name === 'broker');
  if (broker?.error !== undefined) throw broker.error;
}

async function confirmRemovals(plan: LabPlan, ask: Ask): Promise<boolean> {
  const items = [...plan.docker, ...plan.hosts.flatMap((host) => host.items)];
  const count = items.filter(({ action }) => action === 'remove').length;
  return count === 0 || (await ask(`The plan removes ${count === 1 ? 'one thing' : `${count} things`}. Continue?`));
}

/** The engine for the plan's containers, installed and started where none answers. */
async function engineFor(
  plan: LabPlan,
  engine: EngineLookup | undefined,
  { ask, display, signal }: Applying,
): Promise<Docker | undefined> {
  if (engine?.state === 'answers') return engine.docker;
  if (!plan.hosts.some(({ place }) => place.kind === 'container')) return undefined;
  return await requireEngine(display.report, ask, signal);
}

function openConnections({ hosts }: LabPlan) {
  return new Map(hosts.flatMap(({ name, reached }) => (reached === undefined ? [] : [[name, reached.host] as const])));
}

/** The hosts that `--only` leaves out. */
function skipped(lab: Lab, plan: LabPlan): HostOutcome[] {
  const names = [...(lab.broker.host.kind === 'external' ? [] : ['broker']), ...lab.pis.map(({ name }) => name)];
  return names
    .filter((name) => !plan.hosts.some((host) => host.name === name))
    .map((host) => ({ host, state: 'skipped', changes: [], left: 0, durationMs: 0 }));
}
