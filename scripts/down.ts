import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import type Docker from 'dockerode';
import { LabError } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import { hostReporter, type ReportProgress } from '../base/progress.ts';
import { forgetVisits } from '../deployment/address-book.ts';
import { carryOut, isDone } from '../deployment/apply-plan.ts';
import { holdLab } from '../deployment/lab-lock.ts';
import { removeLoginKey } from '../deployment/login-key.ts';
import { containerMachines } from '../deployment/machines.ts';
import { planHosts } from '../deployment/plan-lab.ts';
import { hostsToGiveBack, type LeavingLab } from '../deployment/restore-hosts.ts';
import { removeContainers } from '../provisioning/docker/container.ts';
import { type EngineLookup, findEngine, hasEngine, isOwnSocket } from '../provisioning/docker/engine.ts';
import { LEAVING } from '../provisioning/docker/engine-record.ts';
import { removeImages } from '../provisioning/docker/image.ts';
import { removeNetworks } from '../provisioning/docker/network.ts';
import { removeTools } from '../provisioning/docker/remove-engine.ts';
import { openDisplay } from '../terminal/display.ts';
import { exitCodeOf, hostLines } from '../terminal/outcome-lines.ts';
import { planLines } from '../terminal/plan-lines.ts';
import { progressLines } from '../terminal/progress-lines.ts';
import { labNameOf } from './bounds.ts';
import type { LabCommand } from './command.ts';
import { type Context, confirm } from './context.ts';

type Options = { keepImages?: true; keepPackages?: true; yes?: true };

/** `./lab down`: removes what the lab made in Docker, and gives its other hosts back as they were before it, and this one from what it installed for Docker. */
export function down(): LabCommand {
  const command = new Command('down')
    .description(
      "Remove the lab's containers, network, images and keys, and give the other hosts back: packages that the lab installed removed, Docker too where nobody else uses it, and what was there before it as it was.",
    )
    .argument('[name]', 'name of a lab whose file is gone', labNameOf)
    .option('--keep-images', 'keep the images, so that the next up is faster')
    .option(
      '--keep-packages',
      'leave the packages on the hosts that are no containers, and what was installed on this machine for Docker',
    )
    .option('--yes', 'do not ask, on a terminal, before hosts are given back and Docker is removed');
  return {
    command,
    logsIn: false,
    async run(context) {
      const { keepImages = false, keepPackages = false, yes = false } = command.opts<Options>();
      const [name] = command.processedArgs.filter((word): word is string => typeof word === 'string');
      const lab = name === undefined ? context.lab() : byName(name, command);
      const report = progressLines((line) => console.error(line), painter(process.stderr));
      await using _held = await holdLab(lab, report, context.signal);
      // first, since a host may be reached by way of nothing that goes away, and a no leaves everything as it is
      const code = await giveBack(lab, context, { keepPackages, yes });
      const engine = await removeFromDocker(lab, keepImages);
      await removeLoginKey(lab);
      // last, since all labs share it, and its packages may be needed for what comes before
      if (!keepPackages) await leaveDocker(engine, yes ? async () => true : confirm, report, context.signal);
      return code;
    },
  };
}

/** A lab whose file is gone: what carries its name in Docker, and the machines of its address book in the folder where its file was. */
function byName(name: string, command: Command): LeavingLab {
  const { lab: file } = command.optsWithGlobals<{ lab?: string }>();
  return { name, directory: path.resolve(file === undefined ? '.' : path.dirname(file)) };
}

/** Shows what it takes, asks, and gives each host back by itself; gives the exit code. A host that can't be given back stays in the address book. */
async function giveBack(
  lab: LeavingLab,
  { signal }: Context,
  { keepPackages, yes }: { readonly keepPackages: boolean; readonly yes: boolean },
): Promise<number> {
  const wanted = await hostsToGiveBack(lab, keepPackages);
  if (wanted.length === 0) return 0;
  const display = await openDisplay(false);
  const { report, paint, print } = display;
  await using plan = await planHosts(wanted, signal);
  const { hosts } = plan;
  try {
    for (const line of planLines({ docker: [], hosts }, paint)) print(line);
    const changed = hosts.filter(({ steps }) => steps.length > 0).map((host) => host.name);
    const question = `Give ${changed.join(', ')} back, as before the lab?`;
    if (changed.length > 0 && !yes && !(await confirm(question))) {
      throw new LabError({ subject: lab.name, step: 'down', happened: 'not wanted; nothing was changed' }, 'failed');
    }
    const outcomes = await Promise.all(hosts.map((host) => carryOut(host, { report, signal })));
    const done = hosts.filter((_, index) => isDone(outcomes[index]));
    await forgetVisits(
      lab,
      done.flatMap(({ visit = [] }) => visit),
    );
    display.stop();
    if (signal.aborted) {
      const advice = './lab down goes on from there';
      throw new LabError({ subject: lab.name, step: 'down', happened: 'interrupted', advice }, 'interrupted');
    }
    for (const line of hostLines(outcomes, paint)) print(line);
    return Math.max(0, ...outcomes.map(({ error }) => (error === undefined ? 0 : exitCodeOf(error))));
  } finally {
    display.stop();
  }
}

async function removeFromDocker(lab: LeavingLab, keepImages: boolean): Promise<EngineLookup> {
  const found = await findEngine();
  if (found.state === 'answers') {
    await removeAll(found.docker, lab.name, keepImages);
    return found;
  }
  if (lab.broker === undefined || containerMachines({ broker: lab.broker, pis: lab.pis ?? [] }).length === 0)
    return found;
  // where there is no engine any more, or a killed `down` has ended it, nothing of the lab is in it
  if (isOwnSocket(found.endpoint) && found.state === 'absent' && (existsSync(LEAVING) || !hasEngine())) return found;
  const happened =
    found.state === 'absent'
      ? `no engine answers at ${found.endpoint}: ${found.why}`
      : `this user may not use ${found.endpoint}`;
  throw new LabError(
    {
      subject: 'docker',
      step: 'remove the containers',
      happened,
      advice: 'start the engine, then run the command again',
    },
    'could-not-run',
  );
}

/** Removes what the lab has installed on this machine for Docker, or says why it stays. */
async function leaveDocker(
  found: EngineLookup,
  ask: (question: string) => Promise<boolean>,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  const host = 'this machine';
  const outcome = await removeTools(found, ask, hostReporter(report, host), signal);
  if (outcome === undefined) return;
  if (outcome.fate === 'stays') {
    report({ host, kind: 'note', text: `what the lab has installed for Docker stays: ${outcome.why}` });
    return;
  }
  if (outcome.what.length > 0) report({ host, kind: 'changed', text: `removed ${outcome.what.join(', ')}` });
  for (const text of outcome.notes) report({ host, kind: 'note', text });
}

async function removeAll(docker: Docker, lab: string, keepImages: boolean): Promise<void> {
  const containers = await removeContainers(docker, lab);
  const networks = await removeNetworks(docker, lab);
  const images = keepImages ? 0 : await removeImages(docker, lab);
  console.log(`removed: ${containers} containers, ${networks} networks, ${images} images`);
}
