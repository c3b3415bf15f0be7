import { readFile } from 'node:fs/promises';
import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { type Host, run, tryRun } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';

const STEP_BOUND_MS = 20_000;
/** A real Pi takes about a minute; an emulated one about a second. */
export const REBOOT_BOUND_MS = 180_000;
const RETRY_MS = 250;

/** Shell's words for the mark, with PROCESS_FUNCTIONS. */
export const BOOT_MARK = '$(cat /proc/sys/kernel/random/boot_id) $(started_at 1)';

/**
 * Which start of a machine this is: the kernel's boot id, and when process 1 began, since a container shares its host's kernel. The first word
 * is the boot id.
 */
export async function bootMark(host: Host): Promise<string> {
  const script = `${PROCESS_FUNCTIONS}\necho "${BOOT_MARK}"`;
  const { stdout } = await run(host, { step: 'ask which boot this is', script, timeoutMs: STEP_BOUND_MS });
  return stdout.trim();
}

/** How a Pi may be rebooted without this machine, whose kernel it may share. */
export type Reboot =
  | { readonly kind: 'process 1' }
  | { readonly kind: 'machine' }
  | { readonly kind: 'forbidden'; readonly reason: string };

/** An emulated Pi is its process 1: the engine starts the container again when that ends. Never a reboot of what has this machine's kernel. */
export function rebootOf(isEmulated: boolean, mark: string, ownBootId: string): Reboot {
  if (isEmulated) return { kind: 'process 1' };
  if (mark.split(' ')[0] !== ownBootId) return { kind: 'machine' };
  return { kind: 'forbidden', reason: 'it is this machine, or a container on it: a reboot would end this run' };
}

export async function planReboot({ pis }: Lab, name: string, mark: string): Promise<Reboot> {
  const isEmulated = pis.some((pi) => pi.name === name && pi.host.kind === 'container');
  return rebootOf(isEmulated, mark, (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
}

const SCRIPTS = {
  'process 1': 'kill -s TERM 1',
  machine: 'if command -v systemctl >/dev/null; then systemctl reboot; else reboot; fi',
};

/** Orders the reboot; the connection may end before the order is acknowledged. */
export async function orderReboot(host: Host, { kind }: Exclude<Reboot, { kind: 'forbidden' }>): Promise<void> {
  const step = 'reboot';
  const ended = await tryRun(host, { step, script: SCRIPTS[kind], root: true, timeoutMs: STEP_BOUND_MS }).catch(
    () => undefined,
  );
  if (ended !== undefined && ended.code !== 0) {
    const happened = `exit code ${ended.code}: ${ended.stderr.trim()}`;
    throw new LabError({ subject: host.name, step, happened }, 'failed');
  }
}

/** Waits until the Pi is there again with another boot mark, and opens it; throws a LabError after `REBOOT_BOUND_MS`. */
export async function awaitReboot(lab: Lab, name: string, before: string, stopped: AbortSignal): Promise<Host> {
  const deadline = Date.now() + REBOOT_BOUND_MS;
  let last = 'it was not rebooted';
  while (Date.now() < deadline) {
    stopped.throwIfAborted();
    const host = await reopened(lab, name, stopped).catch((error: unknown) => {
      last = error instanceof Error ? error.message : String(error);
    });
    if (host !== undefined) {
      const mark = await bootMark(host).catch(() => before);
      if (mark !== before) return host;
      await host[Symbol.asyncDispose]();
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  const happened = `not after ${REBOOT_BOUND_MS / 1000} s: ${last}`;
  const advice = 'see whether it is on and in the network; once it is back, run the command again';
  throw new LabError({ subject: name, step: 'come back after the reboot', happened, advice }, 'failed');
}

/** An emulated Pi's ports are others after each start. */
async function reopened(lab: Lab, name: string, stopped: AbortSignal): Promise<Host> {
  const place = lab.pis.find((pi) => pi.name === name)?.host;
  const where: HostAddress = place?.kind === 'ssh' ? place : await emulated(lab, name);
  return await openHost(name, where, stopped);
}

async function emulated(lab: Lab, name: string): Promise<HostAddress> {
  const { findEngine } = await import('../provisioning/docker/engine.ts');
  const { findContainers: findMachines } = await import('../provisioning/docker/container-state.ts');
  const engine = await findEngine();
  if (engine.state !== 'answers') throw new Error('the Docker engine does not answer');
  const machines = await findMachines(engine.docker, lab.name, privateFolder(lab, 'keys', lab.name));
  const machine = machines.get(name);
  if (machine === undefined) throw new Error('its container does not run');
  return { kind: 'ssh', ...machine.ssh };
}
