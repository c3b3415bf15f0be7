import { createConnection } from 'node:net';
import type Docker from 'dockerode';
import { CALLED_AS } from '../../base/called-as.ts';
import { ignoreFailure, LabError, lastLines } from '../../base/errors.ts';
import { atMost } from '../../base/limit.ts';
import type { KeyPair } from '../hosts/ed25519.ts';
import type { ContainerSpec } from './container-spec.ts';
import {
  type Container,
  containerName,
  labContainers,
  NEVER_STARTED,
  recipeOf,
  startedContainer,
} from './container-state.ts';
import { platformOf } from './emulation.ts';
import { architectureLabel, HOST_KEY, LAB, LOGIN, labFilter, MACHINE, RECIPE } from './labels.ts';
import { tar } from './tar.ts';

/** With twenty removals at a time, a busy engine of 20.10 left a container on its network, which it could then never remove. */
const REMOVED_AT_ONCE = 4;
const SSH_START_MS = 30_000;
/** After this many restarts by the engine, the container's sshd will never start. */
const CRASH_LOOP = 3;

/**
 * A running container of this spec: reused, started when it was stopped, or replaced when its recipe differs or its sshd ends
 * again and again. One that runs and does not answer may be slow, or hold what a broker has queued: that is a LabError.
 */
export async function ensureContainer(docker: Docker, spec: ContainerSpec, signal: AbortSignal): Promise<Container> {
  const recipe = recipeOf(spec);
  const existing = await findContainer(docker, spec);
  if (existing !== undefined) {
    if (existing.Labels[RECIPE] === recipe && !NEVER_STARTED.includes(existing.State)) {
      const container = docker.getContainer(existing.Id);
      const isStopped = existing.State !== 'running';
      if (isStopped) await (existing.State === 'paused' ? container.unpause() : container.start());
      const reused = await untilStarted(container, spec, signal);
      if (reused !== 'crashes') return { ...reused, created: isStopped };
    }
    await docker.getContainer(existing.Id).remove({ force: true, v: true });
  }
  const container = await create(docker, spec, recipe);
  await container.start();
  const created = await untilStarted(container, spec, signal);
  if (created === 'crashes') throw await startFailed(container, spec.name, 'sshd ends again and again');
  return created;
}

async function findContainer(
  docker: Docker,
  { lab, name }: Pick<ContainerSpec, 'lab' | 'name'>,
): Promise<Docker.ContainerInfo | undefined> {
  const filters = { ...labFilter(lab), name: [`^/${containerName(lab, name)}$`] };
  const [existing] = await docker.listContainers({ all: true, filters });
  return existing;
}

/** Creates the container and puts its keys in; it is not started. */
async function create(docker: Docker, spec: ContainerSpec, recipe: string): Promise<Docker.Container> {
  const { ed25519Pair } = await import('../hosts/ed25519.ts');
  const hostKey = ed25519Pair();
  const ports = [22, ...spec.ports].map((port) => `${port}/tcp`);
  const container = await docker.createContainer({
    name: containerName(spec.lab, spec.name),
    Hostname: spec.name,
    Image: spec.image.tag,
    Labels: {
      [LAB]: spec.lab,
      [MACHINE]: spec.name,
      [RECIPE]: recipe,
      [LOGIN]: spec.login,
      [HOST_KEY]: hostKey.public,
      ...architectureLabel(spec.image.architecture),
    },
    ...platformOf(spec.image.architecture),
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: spec.network.name,
      PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
      // for cutting single connections in the container's own network namespace
      CapAdd: ['NET_ADMIN'],
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await container.putArchive(await keyArchive(spec, hostKey), { path: '/' });
  return container;
}

/** Waits until sshd answers: the published port is open earlier, and on a busy engine the container may need a second start. */
async function untilStarted(
  container: Docker.Container,
  { name, key }: ContainerSpec,
  signal: AbortSignal,
): Promise<Container | 'crashes'> {
  const deadline = Date.now() + SSH_START_MS;
  let before: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const info = await container.inspect();
    before ??= info.RestartCount;
    const restarts = info.RestartCount - before;
    if (restarts >= CRASH_LOOP) return 'crashes';
    const started = startedContainer(info, name, key.file);
    if (started !== undefined && (await hasBanner(started.ssh.port))) return started;
    if (Date.now() >= deadline) {
      // the engine waits longer before each restart, up to a minute
      if (restarts > 0 || !info.State.Running || info.State.Restarting) return 'crashes';
      throw await startFailed(container, name, `sshd does not answer after ${SSH_START_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startFailed(container: Docker.Container, name: string, happened: string): Promise<LabError> {
  const log = await ignoreFailure(container.logs({ stdout: true, stderr: true, tail: 5 }));
  const lines = lastLines((log?.toString('utf8') ?? '').replaceAll(/[^\n\x20-\x7e]/g, ''));
  const why = lines === '' ? happened : `${happened}\n    ${lines}`;
  const advice = `run ${CALLED_AS} up again when this machine is less busy; ${CALLED_AS} down and ${CALLED_AS} up replace the container`;
  return new LabError({ subject: name, step: 'start the container', happened: why, advice }, 'could-not-run');
}

async function hasBanner(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port, timeout: 1000 });
  return await new Promise((resolve) => {
    socket.on('data', (data) => resolve(data.toString('latin1').startsWith('SSH-')));
    for (const event of ['error', 'close', 'timeout']) socket.on(event, () => resolve(false));
  }).then((answer) => {
    socket.destroy();
    return answer === true;
  });
}

/** The host key pair and the lab's public key, for before the first start. They belong to root, which sshd's StrictModes accepts. */
async function keyArchive({ login, key }: ContainerSpec, hostKey: KeyPair): Promise<Buffer> {
  const home = login === 'root' ? 'root' : `home/${login}`;
  return await tar([
    { name: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: hostKey.private },
    { name: 'etc/ssh/ssh_host_ed25519_key.pub', mode: 0o644, content: `${hostKey.public}\n` },
    { name: `${home}/.ssh/authorized_keys`, mode: 0o644, content: `${key.publicKey}\n` },
  ]);
}

/** Removes the lab's containers, running or not, except those of the hosts in `except`. Gives their number. */
export async function removeContainers(docker: Docker, lab: string, except: readonly string[] = []): Promise<number> {
  const containers = await labContainers(docker, lab);
  const unwanted = containers.filter(({ Labels }) => !except.includes(Labels[MACHINE] ?? ''));
  const limit = atMost(REMOVED_AT_ONCE);
  await Promise.all(unwanted.map(({ Id }) => limit(() => docker.getContainer(Id).remove({ force: true, v: true }))));
  return unwanted.length;
}
