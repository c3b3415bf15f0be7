import { Command, InvalidArgumentError, Option } from 'commander';
import type { ClientEvents, ClientWish } from '../probes/client.ts';
import { packetLine } from '../probes/packet-text.ts';
import { freshClientId, type QoS } from '../probes/session.ts';
import { InputError } from '../provisioning/errors.ts';
import type { User } from '../provisioning/lab-file/lab.ts';
import type { LiveLab } from '../provisioning/live-lab.ts';

/** What `publish` and `subscribe` have in common. */
export type MqttOptions = {
  as: string;
  qos: QoS;
  will?: string;
  willTopic?: string;
  willQos?: QoS;
  willRetain?: true;
  keepAlive?: number;
  clientId?: string;
  clean?: true;
  mqtt: '3.1.1' | '5';
  debug?: true;
};

export function mqttCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--as <user>', 'user of the lab file to log in as')
    .option('--qos <level>', 'quality of service: 0, 1 or 2; above 0 the session is persistent', qosLevel, 0)
    .option('--will <text>', 'last will: what the broker publishes when this client is lost')
    .option('--will-topic <topic>', 'topic of the last will (default: the topic)')
    .option('--will-qos <level>', 'quality of service of the last will (default: that of --qos)', qosLevel)
    .option('--will-retain', 'have the broker retain the last will')
    .option('--keep-alive <seconds>', 'keep alive (default: 60, or the most that the broker allows)', keepAliveSeconds)
    .option('--client-id <id>', 'client id (default: a stable one for a persistent session, else a fresh one)')
    .option('--clean', 'a clean session also above QoS 0: the broker forgets this client when it goes')
    .addOption(new Option('--mqtt <version>', 'protocol version').choices(['3.1.1', '5']).default('3.1.1'))
    .option('--debug', 'print every control packet with direction, fields and bytes on standard error');
}

export function findUser({ lab }: LiveLab, name: string): User {
  const user = lab.users.find((candidate) => candidate.name === name);
  if (user !== undefined) return user;
  throw new InputError([
    `--as ${name}: the lab file has no such user; it has ${lab.users.map((one) => one.name).join(', ')}`,
  ]);
}

/** How the client connects; `role` makes a persistent session's client id, the same every time. */
export function clientWish(live: LiveLab, role: string, topic: string, options: MqttOptions): ClientWish {
  const { lab, broker } = live;
  const user = findUser(live, options.as);
  const clean = options.clean === true || options.qos === 0;
  const { maxKeepAlive } = lab.broker;
  const keepAlive = options.keepAlive ?? (maxKeepAlive > 0 ? Math.min(60, maxKeepAlive) : 60);
  const { will, willTopic = topic, willQos = options.qos, willRetain = false } = options;
  return {
    address: broker.address,
    port: broker.port,
    version: options.mqtt === '5' ? 5 : 4,
    user: user.name,
    password: user.password.reveal(),
    clientId: options.clientId ?? (clean ? freshClientId() : `${lab.name}-${user.name}-${role}`),
    clean,
    keepAlive,
    ...(will === undefined
      ? {}
      : { will: { topic: willTopic, payload: Buffer.from(will), qos: willQos, retain: willRetain } }),
  };
}

/** What goes to standard error while a client runs. */
export function tellEvents(options: MqttOptions): ClientEvents {
  const onState = (state: string) => console.error(state);
  if (options.debug !== true) return { onState };
  return { onState, onPacket: (packet) => console.error(`${clock(packet.at)} ${packetLine(packet)}`) };
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}

function qosLevel(text: string): QoS {
  if (text === '0') return 0;
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('0, 1 or 2 is allowed');
}

function keepAliveSeconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('a whole number of seconds from 0 to 65535 is allowed');
}
