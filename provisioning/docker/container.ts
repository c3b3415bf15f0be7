import { createConnection } from 'node:net';
import type Docker from 'dockerode';
import { LabError, lastLines } from '../../base/errors.ts';
import { atMost } from '../../base/limit.ts';
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

/** Of twenty at a time, a busy engine of 20.10 once forgot to take one off its network, which could not be removed from then on. */
const REMOVED_AT_ONCE = 4;
const SSH_START_MS = 30_000;
/** A container that the engine has started so often again by itself while it was waited for will never have an sshd. */
const CRASH_LOOP = 3;

async function findContainer(
  docker: Docker,
  { lab, name }: Pick<ContainerSpec, 'lab' | 'name'>,
): Promise<Docker.ContainerInfo | undefined> {
  const filters = { ...labFilter(lab), name: [`^/${containerName(lab, name)}$`] };
  const [existing] = await docker.listContainers({ all: true, filters });
  return existing;
}

/**
 * A container as wanted and running: left alone when it is so already, started when it was stopped, made anew when its recipe differs or its sshd
 * ends again and again. One that runs and does not answer may be slow, or hold what a broker has queued: that is a LabError.
 */
export async function ensureContainer(docker: Docker, wanted: ContainerSpec, signal: AbortSignal): Promise<Container> {
  const recipe = recipeOf(wanted);
  const existing = await findContainer(docker, wanted);
  if (existing !== undefined) {
    if (existing.Labels[RECIPE] === recipe && !NEVER_STARTED.includes(existing.State)) {
      const container = docker.getContainer(existing.Id);
      const stopped = existing.State !== 'running';
      if (stopped) await (existing.State === 'paused' ? container.unpause() : container.start());
      const machine = await started(container, wanted, signal);
      if (machine !== 'crashes') return { ...machine, created: stopped };
    }
    await docker.getContainer(existing.Id).remove({ force: true, v: true });
  }
  const { ed25519Pair } = await import('../hosts/ed25519.ts');
  const hostKey = ed25519Pair();
  const exposed = [22, ...wanted.ports].map((port) => `${port}/tcp`);
  const container = await docker.createContainer({
    name: containerName(wanted.lab, wanted.name),
    Hostname: wanted.name,
    Image: wanted.image.tag,
    Labels: {
      [LAB]: wanted.lab,
      [MACHINE]: wanted.name,
      [RECIPE]: recipe,
      [LOGIN]: wanted.login,
      [HOST_KEY]: hostKey.public,
      ...architectureLabel(wanted.image.architecture),
    },
    ...platformOf(wanted.image.architecture),
    ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: wanted.network.name,
      PortBindings: Object.fromEntries(exposed.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
      // for cutting single connections in the container's own network namespace
      CapAdd: ['NET_ADMIN'],
      RestartPolicy: { Name: 'unless-stopped' },
    },
  });
  await container.putArchive(await keys(wanted, hostKey), { path: '/' });
  await container.start();
  const machine = await started(container, wanted, signal);
  if (machine === 'crashes') throw await startTrouble(container, wanted.name, 'sshd ends again and again');
  return machine;
}

/** Waits until sshd answers: the published port is open before it does, and on a busy engine the container may need a second start. */
async function started(
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
    const machine = startedContainer(info, name, key.file);
    if (machine !== undefined && (await hasBanner(machine.ssh.port))) return machine;
    if (Date.now() >= deadline) {
      // the engine waits longer each time, at last a minute
      if (restarts > 0 || !info.State.Running || info.State.Restarting) return 'crashes';
      throw await startTrouble(container, name, `sshd does not answer after ${SSH_START_MS / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startTrouble(container: Docker.Container, name: string, happened: string): Promise<LabError> {
  const log = await container.logs({ stdout: true, stderr: true, tail: 5 }).catch(() => Buffer.alloc(0));
  const words = lastLines(log.toString('utf8').replaceAll(/[^\n\x20-\x7e]/g, ''));
  const told = words === '' ? happened : `${happened}\n    ${words}`;
  const advice = 'run ./lab up again when the machine is less busy; ./lab down and ./lab up make the container anew';
  return new LabError({ subject: name, step: 'start the container', happened: told, advice }, 'could-not-run');
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

/** The host key pair and the lab's public key, put in before the first start; owner root, and sshd's StrictModes accepts that. */
async function keys({ login, key }: ContainerSpec, hostKey: { public: string; private: string }): Promise<Buffer> {
  return await tar([
    { name: 'etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: hostKey.private },
    { name: 'etc/ssh/ssh_host_ed25519_key.pub', mode: 0o644, content: `${hostKey.public}\n` },
    {
      name: `${login === 'root' ? 'root' : `home/${login}`}/.ssh/authorized_keys`,
      mode: 0o644,
      content: `${key.publicKey}\n`,
    },
  ]);
}

/** Removes the lab's containers, running or not; with `keep`, only those of machines that are not named there. Gives their number. */
export async function removeContainers(docker: Docker, lab: string, keep: readonly string[] = []): Promise<number> {
  const containers = await labContainers(docker, lab);
  const unwanted = containers.filter(({ Labels }) => !keep.includes(Labels[MACHINE] ?? ''));
  const limit = atMost(REMOVED_AT_ONCE);
  await Promise.all(unwanted.map(({ Id }) => limit(() => docker.getContainer(Id).remove({ force: true, v: true }))));
  return unwanted.length;
}
