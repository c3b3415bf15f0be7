import process from 'node:process';
import { Command } from 'commander';
import type Docker from 'dockerode';
import { ignoreFailure } from '../base/errors.ts';
import { printable } from '../base/paint.ts';
import { type ContainerFacts, gatherContainerFacts } from '../deployment/container-facts.ts';
import { type LabPlan, type PlanOptions, planLab } from '../deployment/plan-lab.ts';
import { type WantedOptions, wantedHosts } from '../deployment/wanted-hosts.ts';
import type { Lab } from '../lab-file/lab.ts';
import { type EngineLookup, findEngine } from '../provisioning/docker/engine.ts';
import { refuseUnusable } from '../provisioning/docker/require-engine.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import type { PlanJson } from '../records/json/plan.ts';
import { openDisplay } from '../terminal/display.ts';
import { exitCodeOf } from '../terminal/outcome-lines.ts';
import { changeCount, planJson, planLines } from '../terminal/plan-lines.ts';
import { willNotes } from '../terminal/will-notes.ts';
import { checkHostNames, hostNames } from './bounds.ts';
import type { LabCommand } from './command.ts';
import type { Context } from './context.ts';

/** `./lab plan`: shows what `up` would do. */
export function plan(): LabCommand {
  const command = new Command('plan')
    .description('Show what up would do: + create, ~ change, - remove, = unchanged, ? not known yet. Changes nothing.')
    .option('--only <host>', 'only this host (`broker` or a Pi), or several with commas', hostNames)
    .option('--take-over', "replace a Mosquitto on the broker host that is not the lab's")
    .option('--exit-code', 'exit with code 1 when there is something to change')
    .option('--json', 'one JSON object on standard output');
  return {
    command,
    async run(context) {
      const { takeOver = false, only, exitCode = false, json = false } = command.opts<Options>();
      return await showPlan(context, { takeOver, only }, { exitCode, json });
    },
  };
}

type Options = { takeOver?: true; only?: readonly string[]; exitCode?: true; json?: true };

/** Plans, prints the plan, and gives the command's exit code. */
export async function showPlan(
  context: Context,
  options: WantedOptions,
  { exitCode, json }: { readonly exitCode: boolean; readonly json: boolean },
): Promise<number> {
  const lab = context.lab();
  checkHostNames(lab, options.only);
  const display = await openDisplay(json ? process.stderr : process.stdout);
  const { plan: found } = await makePlan(lab, options, context);
  await using planned = found;
  if (json) console.log(JSON.stringify({ lab: lab.name, ...planJson(planned) } satisfies PlanJson));
  else for (const line of [...willNotes(lab).map(printable), ...planLines(planned, display.paint)]) display.print(line);
  // a host that is no longer in the lab file does not fail the plan
  const failed = planned.hosts.flatMap(({ error, purpose }) =>
    error === undefined || purpose === 'restore' ? [] : [exitCodeOf(error)],
  );
  if (failed.length > 0) return Math.max(...failed);
  return exitCode && changeCount(planned) > 0 ? 1 : 0;
}

/** The plan, and the engine; undefined where the lab needs none and none answers. `open` is for `up`, which waits for a first boot. */
export async function makePlan(
  lab: Lab,
  options: WantedOptions,
  { signal, open = openHost }: Pick<PlanOptions, 'signal' | 'open'>,
): Promise<{ readonly plan: LabPlan; readonly engine: EngineLookup | undefined }> {
  const wanted = await wantedHosts(lab, options);
  const isNeeded = wanted.some(({ place }) => place.kind === 'container');
  const found = isNeeded ? usableEngine() : ignoreFailure(findEngine());
  const docker = found.then((engine) => (engine?.state === 'answers' ? engine.docker : undefined));
  const containers = containerFacts(lab, docker, options);
  return { plan: await planLab(wanted, { containers, signal, open }), engine: await found };
}

/** With `--only`, no container is removed. */
async function containerFacts(
  lab: Lab,
  docker: Promise<Docker | undefined>,
  { only }: WantedOptions,
): Promise<ContainerFacts> {
  const facts = await gatherContainerFacts(await docker, lab);
  return only === undefined ? facts : { ...facts, items: facts.items.filter(({ action }) => action !== 'remove') };
}

/** An engine that answers, or that the lab can install or start. */
async function usableEngine(): Promise<EngineLookup> {
  const engine = await findEngine();
  await refuseUnusable(engine);
  return engine;
}
