import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import type Docker from 'dockerode';
import { LabError } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import { forgetVisits } from '../deployment/address-book.ts';
import { carryOut, isDone } from '../deployment/apply-plan.ts';
import { holdLab } from '../deployment/lab-lock.ts';
import { removeLoginKey } from '../deployment/login-key.ts';
import { containerMachines } from '../deployment/machines.ts';
import { planHosts } from '../deployment/plan-lab.ts';
import { hostsToGiveBack, type LeavingLab } from '../deployment/restore-hosts.ts';
import { removeContainers } from '../provisioning/docker/container.ts';
import { findEngine, hasEngine, isOwnSocket } from '../provisioning/docker/engine.ts';
import { removeImages } from '../provisioning/docker/image.ts';
import { installedPackages, removalLine } from '../provisioning/docker/installed-packages.ts';
import { removeNetworks } from '../provisioning/docker/network.ts';
import { openDisplay } from '../terminal/display.ts';
import { exitCodeOf, hostLines } from '../terminal/outcome-lines.ts';
import { planLines } from '../terminal/plan-lines.ts';
import { progressLines } from '../terminal/progress-lines.ts';
import { labNameOf } from './bounds.ts';
import type { LabCommand } from './command.ts';
import { type Context, confirm } from './context.ts';

type Options = { keepImages?: true; keepPackages?: true; yes?: true };

/** `./lab down`: removes what the lab made in Docker, and restores its other hosts as they were before it. */
export function down(): LabCommand {
  const command = new Command('down')
    .description(
      "Remove the lab's containers, network, images and keys, and restore the other hosts: remove the packages that the lab installed, and put back the files and services that were there before it.",
    )
    .argument('[name]', 'name of a lab whose file is gone', labNameOf)
    .option('--keep-images', 'keep the images, so that the next up is faster')
    .option('--keep-packages', 'leave the packages on the hosts that are not containers')
    .option('--yes', 'do not ask, on a terminal, before hosts are restored');
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
      await removeFromDocker(lab, keepImages);
      await removeLoginKey(lab);
      const packages = await installedPackages();
      if (packages.length > 0) report({ host: 'this machine', kind: 'note', text: removalLine(packages) });
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

async function removeFromDocker(lab: LeavingLab, keepImages: boolean): Promise<void> {
  const found = await findEngine();
  if (found.state === 'answers') return await removeAll(found.docker, lab.name, keepImages);
  const { broker, pis = [] } = lab;
  if (broker === undefined || containerMachines({ broker, pis }).length === 0) return;
  // without an engine on this machine, nothing of the lab is in one
  if (isOwnSocket(found.endpoint) && found.state === 'absent' && !hasEngine()) return;
  const happened =
    found.state === 'absent'
      ? `no engine answers at ${found.endpoint}: ${found.why}`
      : `this user may not use ${found.endpoint}`;
  const advice = 'start the engine, then run the command again';
  throw new LabError({ subject: 'docker', step: 'remove the containers', happened, advice }, 'could-not-run');
}

async function removeAll(docker: Docker, lab: string, keepImages: boolean): Promise<void> {
  const containers = await removeContainers(docker, lab);
  const networks = await removeNetworks(docker, lab);
  const images = keepImages ? 0 : await removeImages(docker, lab);
  console.log(`removed: ${containers} containers, ${networks} networks, ${images} images`);
}
