import { Readable } from 'node:stream';
import type Docker from 'dockerode';
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

/** A RabbitMQ in a container. Disposing of it removes the container and its image. */
export type RabbitMq = AsyncDisposable & {
  readonly port: number;
  /** Its log so far. */
  log(): Promise<string>;
  /** Gives its users other rights. */
  follow(rights: Rights): Promise<void>;
};

const PORT = 1883;
const BUILD_SILENCE_MS = 400_000;
const START_MS = 90_000;

/** Starts Debian's rabbitmq-server with its MQTT plugin and a lab's users and rights, published on 127.0.0.1. */
export async function openRabbitMq(rights: Rights, debian: DebianRelease): Promise<RabbitMq> {
  await testImage('base', debian);
  const docker = await engine();
  const lab = labName(`rabbitmq-${debian}`);
  const remove = () => sweepLabs(docker, (other) => other === lab);
  try {
    const image = await build(docker, lab, debian);
    const name = containerName(lab, 'broker');
    const created = await docker.createContainer({
      name,
      Image: image,
      Labels: { [LAB]: lab },
      Cmd: ['rabbitmq-server'],
      ExposedPorts: { [`${PORT}/tcp`]: {} },
      HostConfig: { PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    });
    await created.putArchive(await configuration(rights), { path: '/etc/rabbitmq' });
    await created.start();
    const log = async () => (await created.logs({ stdout: true, stderr: true })).toString('utf8');
    await until('RabbitMQ', START_MS, async () => {
      const { State } = await created.inspect();
      if (!State.Running) throw new Error(`RabbitMQ ended:\n${await log()}`);
      return (await log()).includes('Server startup complete') || undefined;
    });
    return {
      port: await container(name).published(PORT),
      log,
      async follow(other) {
        for (const { user, exchange, write, read } of topicPermissions(other)) {
          await container(name).shell(`rabbitmqctl set_topic_permissions ${user} ${exchange} '${write}' '${read}'`);
        }
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

/** policy-rc.d keeps the package from starting a broker during its installation. */
const DOCKERFILE = `ARG BASE
FROM \${BASE}
RUN printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 0755 /usr/sbin/policy-rc.d \\
    && apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends rabbitmq-server
`;

async function build(docker: Docker, lab: string, debian: DebianRelease): Promise<string> {
  const tag = `mqtt-lab/${lab}:${debian}`;
  const context = await tar([{ name: 'Dockerfile', mode: 0o644, content: DOCKERFILE }]);
  const stream = await docker.buildImage(Readable.from([context]), {
    t: tag,
    buildargs: { BASE: baseTag({ debian }) },
    labels: { [LAB]: lab },
    networkmode: 'host',
    forcerm: true,
  });
  await follow(docker, stream, { silenceMs: BUILD_SILENCE_MS });
  return tag;
}

/** MQTT only, no anonymous clients; the definitions load before the broker accepts a client (rabbitmq.com/docs/definitions). */
async function configuration(rights: Rights): Promise<Buffer> {
  const file = (name: string, content: string) => ({ name, mode: 0o644, content });
  return await tar([
    // the node's name must resolve, which a container's host name need not
    file('rabbitmq-env.conf', 'NODENAME=rabbit@localhost\n'),
    file('enabled_plugins', '[rabbitmq_mqtt].\n'),
    file(
      'rabbitmq.conf',
      `listeners.tcp = none
mqtt.listeners.tcp.default = ${PORT}
mqtt.allow_anonymous = false
load_definitions = /etc/rabbitmq/definitions.json
log.console = true
`,
    ),
    file('definitions.json', JSON.stringify(definitions(rights))),
  ]);
}

/** Each user has its own queues; the routing key decides about topics (rabbitmq.com/docs/access-control#topic-authorisation). */
function definitions(rights: Rights): object {
  const { users } = rights;
  const names = Object.keys(users);
  const ownQueues = 'mqtt-(subscription|will)-.*';
  return {
    vhosts: [{ name: VHOST }],
    users: names.map((name) => ({ name, password: users[name]?.password, tags: '' })),
    // a last will with a delay waits in the default exchange
    permissions: names.map((user) => ({
      user,
      vhost: VHOST,
      configure: `^${ownQueues}$`,
      write: `^(amq\\.(topic|default)|${ownQueues})$`,
      read: `^(amq\\.topic|${ownQueues})$`,
    })),
    topic_permissions: topicPermissions(rights),
  };
}

const VHOST = '/';

function topicPermissions({ users, topics }: Rights) {
  const keys = (user: string, ...actions: ('publish' | 'subscribe' | 'lastWill')[]) => {
    const given = Object.entries(topics).filter(([, topic]) =>
      actions.some((action) => topic[action]?.some((name) => name === user || name === ALL)),
    );
    return `^(${given.map(([filter]) => routingKeys(filter)).join('|')})$`;
  };
  return Object.keys(users).map((user) => ({
    user,
    vhost: VHOST,
    exchange: 'amq.topic',
    // a last will needs the write permission, as with Mosquitto
    write: keys(user, 'publish', 'lastWill'),
    read: keys(user, 'subscribe'),
  }));
}

/** A regular expression for the routing keys of a filter: RabbitMQ has a dot for each slash, and * for +. */
function routingKeys(filter: string): string {
  const levels = filter.split('/').map((level) => {
    if (level === '+') return '[^.#]*';
    if (level === '%u') return '{username}';
    return level === '%c' ? '{client_id}' : level;
  });
  return levels.join('\\.').replace(/\\\.#$/, '(\\..*)?');
}
