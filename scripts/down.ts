import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import type Docker from 'dockerode';
import { painter } from '../base/paint.ts';
import { restoreHosts } from '../deployment/apply-plan.ts';
import { containerNames } from '../deployment/containers.ts';
import { holdLab } from '../deployment/lab-lock.ts';
import { removeLoginKey } from '../deployment/login-key.ts';
import { planLab } from '../deployment/plan-lab.ts';
import { hostsToRestore, type LabToRemove } from '../deployment/restore-hosts.ts';
import { removeContainers } from '../provisioning/docker/container.ts';
import { findEngine, hasEngine, isOwnSocket } from '../provisioning/docker/engine.ts';
import { removeImages } from '../provisioning/docker/image.ts';
import { installedPackages, removalLine } from '../provisioning/docker/installed-packages.ts';
import { removeNetworks } from '../provisioning/docker/network.ts';
import { counted } from '../report/page/format.ts';
import { openDisplay } from '../terminal/display.ts';
import { exitCodeOf, hostLines } from '../terminal/outcome-lines.ts';
import { planLines } from '../terminal/plan-lines.ts';
import { progressLines } from '../terminal/progress-lines.ts';
import { labNameOf } from './bounds.ts';
import type { LabCommand } from './command.ts';
import { type Context, cancelled, confirm, refuseInterrupted, unusableEngine } from './context.ts';

type Options = { keepImages?: true; keepPackages?: true; yes?: true };

/** `./lab down`: removes what the lab has in Docker, and restores its other hosts. */
export function down(): LabCommand {
  const command = new Command('down')
    .description(
      "Remove the lab's containers, network, images and keys. Restore the other hosts: remove the packages that the lab installed, and restore the earlier files and services.",
    )
    .argument('[name]', 'name of a lab whose lab file is gone', labNameOf)
    .option('--keep-images', 'keep the images, so that the next up is faster')
    .option('--keep-packages', 'keep the packages on hosts that are not containers')
    .option('--yes', 'do not ask on a terminal before restoring hosts');
  return {
    command,
    logsIn: false,
    async run(context) {
      const { keepImages = false, keepPackages = false, yes = false } = command.opts<Options>();
      const [name] = command.processedArgs.filter((word): word is string => typeof word === 'string');
      const lab = name === undefined ? context.lab() : byName(name, command);
      const report = progressLines((line) => console.error(line), painter(process.stderr));
      await using _held = await holdLab(lab, report, context.signal);
      // first: a host that cannot be restored, or a no, leaves the rest of the lab as it is
      const code = await restore(lab, context, { keepPackages, yes });
      await removeFromDocker(lab, { keepImages });
      await removeLoginKey(lab);
      const packages = await installedPackages();
      if (packages.length > 0) report({ host: 'this machine', kind: 'note', text: removalLine(packages) });
      return code;
    },
  };
}

/** A lab whose file is gone: its name labels what it has in Docker, and its address book is in the folder of that file. */
function byName(name: string, command: Command): LabToRemove {
  const { lab: file } = command.optsWithGlobals<{ lab?: string }>();
  return { name, directory: path.resolve(file === undefined ? '.' : path.dirname(file)) };
}

/** Shows the plan, asks, restores the hosts; gives the exit code. */
async function restore(
  lab: LabToRemove,
  { signal }: Context,
  { keepPackages, yes }: { readonly keepPackages: boolean; readonly yes: boolean },
): Promise<number> {
  const wanted = await hostsToRestore(lab, { keepPackages });
  if (wanted.length === 0) return 0;
  const display = await openDisplay();
  const { report, paint, print } = display;
  await using plan = await planLab(wanted, { signal });
  try {
    for (const line of planLines(plan, paint)) print(line);
    const changed = plan.hosts.filter(({ steps }) => steps.length > 0).map((host) => host.name);
    const question = `Restore ${changed.join(', ')} to the state before the lab?`;
    if (changed.length > 0 && !yes && !(await confirm(question))) throw cancelled(lab.name, 'down');
    const outcomes = await restoreHosts(plan, { lab, report, signal });
    display.stop();
    refuseInterrupted(signal, lab.name, 'down');
    for (const line of hostLines(outcomes, paint)) print(line);
    return Math.max(0, ...outcomes.map(({ error }) => (error === undefined ? 0 : exitCodeOf(error))));
  } finally {
    display.stop();
  }
}

type KeepOptions = { readonly keepImages: boolean };

async function removeFromDocker(lab: LabToRemove, options: KeepOptions): Promise<void> {
  const found = await findEngine();
  if (found.state === 'answers') return await removeAll(found.docker, lab.name, options);
  const { broker, pis = [] } = lab;
  if (broker === undefined || containerNames({ broker, pis }).length === 0) return;
  // without an engine on this machine there is nothing to remove from it
  if (isOwnSocket(found.endpoint) && found.state === 'absent' && !hasEngine()) return;
  throw unusableEngine(found, 'remove the containers', 'start the engine, then run the command again');
}

async function removeAll(docker: Docker, lab: string, { keepImages }: KeepOptions): Promise<void> {
  const containers = await removeContainers(docker, lab);
  const networks = await removeNetworks(docker, lab);
  const images = keepImages ? 0 : await removeImages(docker, lab);
  const removed = [counted(containers, 'container'), counted(networks, 'network'), counted(images, 'image')];
  console.log(`removed: ${removed.join(', ')}`);
}
