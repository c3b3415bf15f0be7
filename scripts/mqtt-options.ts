import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../base/errors.ts';
import { printable } from '../base/paint.ts';
import { topicMistake } from '../base/topic.ts';
import { endpointHere } from '../deployment/endpoints.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import type { Lab } from '../lab-file/lab.ts';
import type { ClientEvents } from '../probes/mqtt/client.ts';
import type { ClientOptions } from '../probes/mqtt/client-options.ts';
import type { Endpoint } from '../probes/mqtt/endpoint.ts';
import { debugLine } from '../probes/mqtt/packet-text.ts';
import { freshClientId, type QoS } from '../probes/mqtt/session.ts';
import { listenerOption, listenersAt } from './listener-option.ts';

/** Options that `publish` and `subscribe` share. */
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
  listener?: number;
  debug?: true;
};

export function mqttCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--as <user>', 'user of the lab file to log in as')
    .option('--qos <level>', 'quality of service: 0, 1 or 2; above 0 the session is persistent', qosLevel, 0)
    .option('--will <text>', 'last will: the message that the broker publishes when it loses this client')
    .option('--will-topic <topic>', 'topic of the last will (default: the topic)')
    .option('--will-qos <level>', 'quality of service of the last will (default: that of --qos)', qosLevel)
    .option('--will-retain', 'have the broker retain the last will')
    .option(
      '--keep-alive <seconds>',
      "keep alive in seconds (default: 60, or the broker's maximum where that is less)",
      keepAliveSeconds,
    )
    .option(
      '--client-id <id>',
      'client id (default: the same one each time for a persistent session, otherwise a new one)',
    )
    .option('--clean', 'use a clean session above QoS 0 too: the broker forgets this client when it disconnects')
    .addOption(new Option('--mqtt <version>', 'protocol version').choices(['3.1.1', '5']).default('3.1.1'))
    .addOption(listenerOption())
    .option('--debug', 'print every control packet on standard error: direction, fields, bytes');
}

/** How a client connects, wherever the broker is. */
export type ClientSettings = Omit<ClientOptions, 'address' | 'port' | 'brokerKind' | 'isAllowed'>;

/**
 * The settings that the options ask for. `role` is part of a persistent session's client id; `topic` is the default topic
 * of the last will. Throws an InputError with every mistake.
 */
export function clientSettings(lab: Lab, role: string, topic: string, options: MqttOptions): ClientSettings {
  const user = lab.users.find(({ name }) => name === options.as);
  const clean = isClean(options);
  const mistakes = optionMistakes(lab, topic, options);
  if (user === undefined) {
    const names = lab.users.map(({ name }) => name).join(', ');
    throw new InputError([`--as ${options.as}: the lab file has no such user; it has ${names}`, ...mistakes]);
  }
  if (mistakes.length > 0) throw new InputError(mistakes);
  const longest = longestKeepAlive(lab);
  const { will, willTopic = topic, willQos = options.qos, willRetain = false } = options;
  return {
    version: options.mqtt === '5' ? 5 : 4,
    user: user.name,
    ...(user.password === undefined ? {} : { password: user.password.reveal() }),
    clientId: options.clientId ?? (clean ? freshClientId() : `${lab.name}-${user.name}-${role}`),
    clean,
    keepAlive: options.keepAlive ?? Math.min(60, longest ?? 60),
    ...(will === undefined
      ? {}
      : { will: { topic: willTopic, payload: Buffer.from(will), qos: willQos, retain: willRetain } }),
  };
}

/** Where the user's client connects. Throws an InputError for a listener that the lab file does not have. */
export function endpointOf(
  { lab, broker }: Pick<LiveLab, 'lab' | 'broker'>,
  name: string,
  { listener }: Pick<MqttOptions, 'listener'>,
): Endpoint {
  const user = lab.users.find((each) => each.name === name);
  if (listener === undefined) return endpointHere({ lab, broker }, user);
  const listeners = listenersAt(broker, listener);
  return endpointHere({ lab, broker: { ...broker, listeners } }, user);
}

/** At QoS 0 the broker queues nothing for a client that is away. */
function isClean({ clean, qos }: MqttOptions): boolean {
  return clean === true || qos === 0;
}

/** Mistakes that only the options together show, a line each. */
function optionMistakes(lab: Lab, topic: string, options: MqttOptions): string[] {
  const { will, willTopic, willQos, willRetain, keepAlive, clientId } = options;
  const mistakes: string[] = [];
  if (will === undefined) {
    const alone = { '--will-topic': willTopic, '--will-qos': willQos, '--will-retain': willRetain };
    for (const [option, value] of Object.entries(alone)) {
      if (value !== undefined) mistakes.push(`${option} needs --will`);
    }
  } else {
    const wrong = topicMistake(willTopic ?? topic);
    const given = willTopic === undefined ? `the last will's topic, ${topic},` : `--will-topic ${willTopic}`;
    if (wrong !== undefined) mistakes.push(`${given} ${wrong}${willTopic === undefined ? ': add --will-topic' : ''}`);
  }
  if (clientId === '' && !isClean(options)) {
    mistakes.push('--client-id is empty, but a persistent session needs one; name one, or add --clean');
  }
  const longest = longestKeepAlive(lab);
  // Mosquitto 2.0.11 accepts it over 3.1.1; newer versions refuse it there, and shorten it over MQTT 5
  if (keepAlive !== undefined && longest !== undefined && (keepAlive > longest || keepAlive === 0)) {
    mistakes.push(
      `--keep-alive ${keepAlive}: it must be 1 to ${longest}, which is broker.maxKeepAlive in the lab file`,
    );
  }
  return mistakes;
}

/** In seconds; undefined for an external broker, and where the lab file sets no limit. */
function longestKeepAlive({ broker }: Lab): number | undefined {
  return broker.host.kind === 'external' || broker.maxKeepAlive === 0 ? undefined : broker.maxKeepAlive;
}

/** Prints events of a client on standard error. */
export function printEvents(options: MqttOptions): ClientEvents {
  const onState = (state: string) => console.error(state);
  if (options.debug !== true) return { onState };
  return { onState, onPacket: (packet, frame) => console.error(printable(debugLine(packet, frame))) };
}

function qosLevel(text: string): QoS {
  if (text === '0') return 0;
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('it must be 0, 1 or 2');
}

function keepAliveSeconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('it must be a whole number of seconds from 0 to 65535');
}
