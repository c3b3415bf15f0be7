import { readFileSync } from 'node:fs';
import process from 'node:process';
import type Docker from 'dockerode';
import { $ } from 'zx/core';
import { LabError } from '../../base/errors.ts';
import { hostReporter, type ReportProgress } from '../../base/progress.ts';
import { shellScript } from '../../base/shell-script.ts';
import { run } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { hasEnded } from '../hosts/local-process.ts';
import { ensureSudo } from '../hosts/sudo.ts';
import { PROCESS_FUNCTIONS } from '../resources/processes.ts';
import { apparmorPackages } from './apparmor.ts';
import { type EngineLookup, findEngine } from './engine.ts';
import { ensureTool, otherSystem } from './install.ts';

const START_TIMEOUT_MS = 60_000;
const OTHER_ENGINE_MS = 3_000;
const THIS_MACHINE = 'this machine';
const LOG = '/var/log/mqtt-lab-dockerd.log';

/**
 * A Docker engine: the one that answers, or Debian's docker.io, installed and started on this machine. Asks `confirm` before it installs.
 * Throws a LabError with exit code 2 where neither is possible.
 */
export async function requireEngine(
  report: ReportProgress,
  confirm: (question: string) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<Docker> {
  const found = await findEngine();
  if (found.state === 'answers') return found.docker;
  await refuseUnusable(found);
  if ((await $({ quiet: true, nothrow: true })`command -v dockerd`).exitCode !== 0) {
    if (!(await confirm('No Docker engine answers. Install and start docker.io on this machine?'))) {
      throw unusable('not installed', 'install it yourself, or use `ssh://` hosts in the lab file');
    }
    report({ host: THIS_MACHINE, kind: 'note', text: 'no Docker engine answers' });
    const packages = ['docker.io', 'ca-certificates', ...(await apparmorPackages())];
    await ensureTool('dockerd', packages, hostReporter(report, THIS_MACHINE), signal);
  }
  await ensureSudo();
  report({ host: THIS_MACHINE, kind: 'step', text: 'start the Docker engine' });
  const docker = await startEngine(signal);
  report({ host: THIS_MACHINE, kind: 'changed', text: 'started the Docker engine' });
  return docker;
}

/** Throws a LabError with exit code 2 for an engine that does not answer, and that the lab can neither install nor start. */
export async function refuseUnusable(found: EngineLookup): Promise<void> {
  if (found.state === 'answers') return;
  if (found.state === 'forbidden') {
    const advice = 'sudo usermod -aG docker "$USER", log in again, and run the command again';
    throw unusable(`this user may not use ${found.endpoint}`, advice);
  }
  if (process.env.DOCKER_HOST || !found.endpoint.endsWith('/var/run/docker.sock')) {
    throw unusable(`${found.endpoint}: ${found.why}`, 'start that engine, or unset DOCKER_HOST or the Docker context');
  }
  const system = await otherSystem();
  if (system === undefined) return;
  const advice = 'install and start Docker (Engine, or Desktop), then run the command again';
  throw unusable(`${found.why} (on ${system})`, advice);
}

/** Starts the service with systemd, dockerd itself without, and waits until the engine answers. */
async function startEngine(signal?: AbortSignal): Promise<Docker> {
  const { stdout } = await run(localHost(THIS_MACHINE), {
    step: 'start the Docker engine',
    script: `${PROCESS_FUNCTIONS}\n${shellScript('start-engine.sh', import.meta.url, { log: LOG })}`,
    root: true,
    timeoutMs: START_TIMEOUT_MS,
    signal,
  });
  const started = /^started (\d+)$/m.exec(stdout)?.[1];
  const hasDied = () => started !== undefined && hasEnded(Number(started));
  const lookup = await untilAnswers(hasDied, signal);
  if (lookup.state === 'answers') return lookup.docker;
  if (hasDied()) throw unusable(`dockerd ended: ${lastLineOf(LOG)}`, `read ${LOG}`);
  const happened = lookup.state === 'absent' ? `it does not answer: ${lookup.why}` : 'this user may not use it';
  throw unusable(happened, `read ${LOG}, or \`journalctl -u docker\``);
}

/** Another program may have started an engine first, which ends ours: it gets 3 s more to answer. */
async function untilAnswers(hasDied: () => boolean, signal?: AbortSignal): Promise<EngineLookup> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let diedAt: number | undefined;
  for (;;) {
    const lookup = await findEngine();
    if (lookup.state !== 'absent' || signal?.aborted === true || Date.now() >= deadline) return lookup;
    if (hasDied()) diedAt ??= Date.now();
    if (diedAt !== undefined && Date.now() - diedAt > OTHER_ENGINE_MS) return lookup;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function lastLineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) || 'its log is empty';
  } catch {
    return 'its log is not readable';
  }
}

function unusable(happened: string, advice: string): LabError {
  const step = 'find a Docker engine for the containers';
  return new LabError({ subject: 'docker', step, happened, advice }, 'could-not-run');
}
