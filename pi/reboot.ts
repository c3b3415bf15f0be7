import { readFile } from 'node:fs/promises';
import { errorMessage, ignoreFailure, LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { type Host, run, tryRun } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';

const STEP_BOUND_MS = 20_000;
/** A real Pi takes about a minute; an emulated one about a second. */
export const REBOOT_BOUND_MS = 180_000;
const RETRY_MS = 250;

/** The shell function `boot_mark`, and those that it needs. */
export const BOOT_MARK = `${PROCESS_FUNCTIONS}
boot_mark() { echo "$(cat /proc/sys/kernel/random/boot_id) $(started_at 1)"; }`;

/**
 * Identifies a boot by the kernel's boot id and the start of process 1, since a container shares its host's kernel. The
 * first word is the boot id.
 */
export async function bootMark(host: Host): Promise<string> {
  const script = `${BOOT_MARK}\nboot_mark`;
  const { stdout } = await run(host, { step: 'read the boot id', script, timeoutMs: STEP_BOUND_MS });
  return stdout.trim();
}

/** How to reboot a Pi, but never this machine. */
export type Reboot =
  | { readonly kind: 'process 1' }
  | { readonly kind: 'machine' }
  | { readonly kind: 'forbidden'; readonly reason: string };

type Pi = { readonly isEmulated: boolean; readonly mark: string };

/** An emulated Pi reboots when its process 1 ends: the engine starts the container again. */
export function rebootOf({ isEmulated, mark }: Pi, ownBootId: string): Reboot {
  if (isEmulated) return { kind: 'process 1' };
  if (mark.split(' ')[0] !== ownBootId) return { kind: 'machine' };
  return { kind: 'forbidden', reason: 'it is this machine, or a container on it: a reboot would end this run' };
}

export async function planReboot({ pis }: Lab, name: string, mark: string): Promise<Reboot> {
  const isEmulated = pis.some((pi) => pi.name === name && pi.host.kind === 'container');
  const ownBootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return rebootOf({ isEmulated, mark }, ownBootId.trim());
}

const SCRIPTS = {
  'process 1': 'kill -s TERM 1',
  machine: 'if command -v systemctl >/dev/null; then systemctl reboot; else reboot; fi',
};

/** Starts the reboot. The connection may end before the answer arrives. */
export async function orderReboot(host: Host, { kind }: Exclude<Reboot, { kind: 'forbidden' }>): Promise<void> {
  const step = 'reboot';
  const command = { step, script: SCRIPTS[kind], root: true, timeoutMs: STEP_BOUND_MS };
  const result = await ignoreFailure(tryRun(host, command));
  if (result === undefined || result.code === 0) return;
  const happened = `exit code ${result.code}: ${result.stderr.trim()}`;
  throw new LabError({ subject: host.name, step, happened }, 'failed');
}

/** Waits until the Pi is back with another boot mark, and opens it; throws a LabError after `REBOOT_BOUND_MS`. */
export async function awaitReboot(lab: Lab, name: string, before: string, stopped: AbortSignal): Promise<Host> {
  const deadline = Date.now() + REBOOT_BOUND_MS;
  let last = 'it did not reboot';
  while (Date.now() < deadline) {
    stopped.throwIfAborted();
    const host = await reopened(lab, name, stopped).catch((error: unknown) => {
      last = errorMessage(error);
    });
    if (host !== undefined) {
      const mark = await bootMark(host).catch(() => before);
      if (mark !== before) return host;
      await host[Symbol.asyncDispose]();
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  const happened = `not after ${REBOOT_BOUND_MS / 1000} s: ${last}`;
  const advice = 'check that it is switched on and on the network; once it is back, run the command again';
  throw new LabError({ subject: name, step: 'come back after the reboot', happened, advice }, 'failed');
}

async function reopened(lab: Lab, name: string, stopped: AbortSignal): Promise<Host> {
  const place = lab.pis.find((pi) => pi.name === name)?.host;
  const address: HostAddress = place?.kind === 'ssh' ? place : await containerAddress(lab, name);
  return await openHost(name, address, stopped);
}

/** A container's ports change with each start. */
async function containerAddress(lab: Lab, name: string): Promise<HostAddress> {
  const { findEngine } = await import('../provisioning/docker/engine.ts');
  const { findContainers } = await import('../provisioning/docker/container-state.ts');
  const engine = await findEngine();
  if (engine.state !== 'answers') throw new Error('the Docker engine does not answer');
  const containers = await findContainers(engine.docker, lab.name, privateFolder(lab, 'keys', lab.name));
  const container = containers.get(name);
  if (container === undefined) throw new Error('its container is not running');
  return { kind: 'ssh', ...container.ssh };
}
