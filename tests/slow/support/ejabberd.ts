import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { stringify } from 'yaml';
import type { DebianRelease } from '../../../lab-file/lab.ts';
import { ALL } from '../../../lab-file/rights.ts';
import { baseTag } from '../../../provisioning/docker/base-image.ts';
import { containerName } from '../../../provisioning/docker/container-state.ts';
import { follow } from '../../../provisioning/docker/events.ts';
import { LAB } from '../../../provisioning/docker/labels.ts';
import { tar } from '../../../provisioning/docker/tar.ts';
import type { Rights } from '../../lab/support/aedes.ts';
import { container, engine } from '../../lab/support/container.ts';
import { labName, testImage } from '../../lab/support/run.ts';
import { until } from '../../lab/support/until.ts';
import { sweepLabs } from '../../suite/leftovers.ts';

/** An ejabberd in a container. Disposing of it removes the container and its image. */
export type Ejabberd = AsyncDisposable & {
  readonly port: number;
  /** Its log so far. */
  log(): Promise<string>;
  /** Gives its users other rights. */
  follow(rights: Rights): Promise<void>;
};

const PORT = 1883;
const HOST = 'localhost';
const DEBIAN: DebianRelease = 12;
const BUILD_SILENCE_MS = 400_000;
const START_MS = 90_000;

/** Starts Debian's ejabberd with mod_mqtt and a lab's users and rights, published on 127.0.0.1. */
export async function openEjabberd(rights: Rights): Promise<Ejabberd> {
  await testImage('base', DEBIAN);
  const docker = await engine();
  const lab = labName('ejabberd');
  const remove = () => sweepLabs(docker, (other) => other === lab);
  try {
    const image = await build(docker, lab);
    const name = containerName(lab, 'broker');
    const created = await docker.createContainer({
      name,
      Image: image,
      Labels: { [LAB]: lab },
      Cmd: ['ejabberdctl', 'foreground'],
      ExposedPorts: { [`${PORT}/tcp`]: {} },
      HostConfig: { PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    const configure = async (wanted: Rights) => {
      const config = [{ name: 'ejabberd.yml', mode: 0o644, content: configuration(wanted) }];
      await created.putArchive(await tar(config), { path: '/etc/ejabberd' });
    };
    await configure(rights);
    await created.start();
    const log = async () => (await created.logs({ stdout: true, stderr: true })).toString('utf8');
    await until('ejabberd', START_MS, async () => {
      const { State } = await created.inspect();
      if (!State.Running) throw new Error(`ejabberd ended:\n${await log()}`);
      return (await log()).includes('Start accepting TCP connections') || undefined;
    });
    // its accounts are in its database, which needs the running node
    for (const [user, { password }] of Object.entries(rights.users)) {
      await container(name).shell(`ejabberdctl register ${user} ${HOST} ${password}`);
    }
    return {
      port: await container(name).published(PORT),
      log,
      async follow(other) {
        await configure(other);
        await container(name).shell('ejabberdctl reload_config');
      },
      async [Symbol.asyncDispose]() {
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** policy-rc.d keeps the package from starting a broker during its installation; systemd would make its folder in /run. */
const DOCKERFILE = `ARG BASE
FROM \${BASE}
RUN printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 0755 /usr/sbin/policy-rc.d \\
    && apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ejabberd \\
    && install -d -o ejabberd -g ejabberd /run/ejabberd
`;

async function build(docker: Docker, lab: string): Promise<string> {
  const tag = `mqtt-lab/${lab}:${DEBIAN}`;
  const context = await tar([{ name: 'Dockerfile', mode: 0o644, content: DOCKERFILE }]);
  const stream = await docker.buildImage(Readable.from([context]), {
    t: tag,
    buildargs: { BASE: baseTag({ debian: DEBIAN }) },
    labels: { [LAB]: lab },
    networkmode: 'host',
    forcerm: true,
  });
  await follow(docker, stream, { silenceMs: BUILD_SILENCE_MS });
  return tag;
}

/**
 * MQTT only. A topic that no rule names may be used by nobody; a last will needs the right to publish. ejabberd knows the
 * wildcards, %u and %c of a lab file.
 */
function configuration({ users, topics }: Rights): string {
  const names = Object.keys(topics);
  const usersOf = (name: string, ...actions: ('publish' | 'subscribe' | 'lastWill')[]) => {
    const given = new Set(actions.flatMap((action) => topics[name]?.[action] ?? []));
    return Object.keys(users).filter((user) => given.has(user) || given.has(ALL));
  };
  const rule = (users: readonly string[]) => [...users.map((user) => ({ allow: { user: `${user}@${HOST}` } })), 'deny'];
  const base = stringify({
    hosts: [HOST],
    auth_method: ['internal'],
    listen: [{ port: PORT, ip: '0.0.0.0', module: 'mod_mqtt' }],
    access_rules: Object.fromEntries(
      names.flatMap((name, index) => [
        [`write${index}`, rule(usersOf(name, 'publish', 'lastWill'))],
        [`read${index}`, rule(usersOf(name, 'subscribe'))],
      ]),
    ),
  });
  // a topic without quotes is an atom, which ejabberd refuses
  const access = (kind: 'write' | 'read') =>
    names.map((name, index) => `      ${JSON.stringify(name)}: ${kind}${index}\n`).join('');
  const options = `    access_publish:\n${access('write')}    access_subscribe:\n${access('read')}`;
  return `${base}modules:\n  mod_mqtt:\n${options}`;
}
