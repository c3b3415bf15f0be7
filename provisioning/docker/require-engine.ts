import { readFileSync } from 'node:fs';
import process from 'node:process';
import type Docker from 'dockerode';
import { $ } from 'zx/core';
import { LabError } from '../../base/errors.ts';
import { hostReporter, type ReportProgress } from '../../base/progress.ts';
import { run } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { hasEnded } from '../hosts/local-process.ts';
import { ensureSudo } from '../hosts/sudo.ts';
import { PROCESS_FUNCTIONS } from '../resources/processes.ts';
import { type EngineLookup, findEngine } from './engine.ts';
import { DOCKERD_LOG, NOTE_BEFORE, NOTE_STARTED } from './engine-record.ts';
import { debianLike, ensureTool } from './install.ts';

export type RequiredEngine = {
  readonly docker: Docker;
  /** Process id of the dockerd that was started for this, where there is no systemd to do it. */
  readonly startedPid: number | undefined;
};

const START_TIMEOUT_MS = 60_000;
const OTHER_ENGINE_MS = 3_000;

/**
 * A Docker engine: the one that answers, or Debian's docker.io, installed and started on this machine. `confirm` is asked before an installation
 * on a terminal. Throws a LabError with exit code 2 and what to do where that is not possible.
 */
export async function requireEngine(
  report: ReportProgress,
  confirm: (question: string) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<RequiredEngine> {
  const found = await findEngine();
  if (found.state === 'answers') return { docker: found.docker, startedPid: undefined };
  await refuseUnusable(found);
  if ((await $({ quiet: true, nothrow: true })`command -v dockerd`).exitCode !== 0) {
    if (!(await confirm('No Docker engine answers. Install and start docker.io on this machine?'))) {
      throw unusable('not installed', 'install it yourself, or use `ssh://` hosts in the lab file');
    }
    report({ host: 'this machine', kind: 'note', text: 'no Docker engine answers' });
    await ensureTool('dockerd', ['docker.io', 'ca-certificates'], hostReporter(report, 'this machine'), signal);
    report({ host: 'this machine', kind: 'changed', text: 'installed docker.io' });
  }
  await ensureSudo();
  report({ host: 'this machine', kind: 'step', text: 'starting the Docker engine' });
  const started = await startEngine(signal);
  report({ host: 'this machine', kind: 'changed', text: 'started the Docker engine' });
  return started;
}

/** Throws a LabError with exit code 2 for an engine that does not answer, and that the lab can't install or start either. */
export async function refuseUnusable(found: EngineLookup): Promise<void> {
  if (found.state === 'answers') return;
  if (found.state === 'forbidden') {
    const advice = 'sudo usermod -aG docker "$USER", log in again, and run the command again';
    throw unusable(`this user may not use ${found.endpoint}`, advice);
  }
  if (process.env.DOCKER_HOST || !found.endpoint.endsWith('/var/run/docker.sock')) {
    throw unusable(`${found.endpoint}: ${found.why}`, 'start that engine, or unset DOCKER_HOST or the Docker context');
  }
  const system = await debianLike();
  if (system !== undefined) {
    throw unusable(
      `${found.why} (on ${system})`,
      'install and start Docker (Engine, or Desktop), then run the command again',
    );
  }
}

/** With systemd the service; without, dockerd itself, unless the package's own start script has started one. */
async function startEngine(signal?: AbortSignal): Promise<RequiredEngine> {
  const script = `${PROCESS_FUNCTIONS}
${NOTE_BEFORE}
if [ -d /run/systemd/system ]; then systemctl enable --now docker; exit; fi
if [ -n "$(pids_of dockerd)" ]; then exit 0; fi
# of an engine that was killed: with the id of any living process in it, dockerd does not start
remove_stale_pid_file /var/run/docker.pid dockerd
remove_stale_pid_file /var/run/docker/containerd/containerd.pid containerd
setsid dockerd </dev/null >>${DOCKERD_LOG} 2>&1 &
${NOTE_STARTED}
echo "started $!"`;
  const { stdout } = await run(localHost('this machine'), {
    step: 'start the Docker engine',
    script,
    root: true,
    timeoutMs: START_TIMEOUT_MS,
    signal,
  });
  const started = /^started (\d+)$/m.exec(stdout)?.[1];
  const startedPid = started === undefined ? undefined : Number(started);
  const ended = () => startedPid !== undefined && hasEnded(startedPid);
  let sawEnd: number | undefined;
  // somebody else's engine may have been the faster one
  const isLost = () => {
    if (ended()) sawEnd ??= Date.now();
    return sawEnd !== undefined && Date.now() - sawEnd > OTHER_ENGINE_MS;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  let lookup: EngineLookup = await findEngine();
  while (lookup.state === 'absent' && !isLost() && Date.now() < deadline && signal?.aborted !== true) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    lookup = await findEngine();
  }
  if (lookup.state === 'answers') return { docker: lookup.docker, startedPid };
  if (ended()) throw unusable(`dockerd ended: ${lastLineOf(DOCKERD_LOG)}`, `look at ${DOCKERD_LOG}`);
  const happened = lookup.state === 'absent' ? `it does not answer: ${lookup.why}` : 'this user may not use it';
  throw unusable(happened, `look at ${DOCKERD_LOG}, or at \`journalctl -u docker\``);
}

function lastLineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) || 'it told nothing';
  } catch {
    return 'its log can not be read';
  }
}

function unusable(happened: string, advice: string): LabError {
  return new LabError(
    { subject: 'docker', step: 'find an engine for the emulated machines', happened, advice },
    'could-not-run',
  );
}
