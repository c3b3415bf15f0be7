import { CALLED_AS } from '../../base/called-as.ts';
import { BROKER_UNREACHABLE } from '../harness/advice.ts';
import type { Need } from '../harness/check.ts';

/** What a host needs to run the lab's clients, in the order in which they need it. */
export const LAYERS = ['commands', 'name', 'tcp', 'mqtt', 'mosquitto_pub', 'mosquitto_sub', 'paho'] as const;
export type Layer = (typeof LAYERS)[number];

/** What was found at each layer; after the first that does not work, none. */
export type Layers = { readonly [layer in Layer]?: string };

/** The first layer that does not work. */
export type Obstacle = { readonly layer: Layer; readonly reason: string; readonly advice: string };

export const WORKS = {
  commands: 'run',
  name: 'resolved',
  tcp: 'connected',
  mqtt: 'answered',
  mosquitto_pub: 'starts',
  mosquitto_sub: 'starts',
  paho: 'starts',
} as const satisfies Layers;

export type BrokerPath = {
  /** The host that the path begins at. */
  readonly from: string;
  readonly address: string;
  readonly port: number;
  /** Whether the broker answers this machine; absent where the path begins here. */
  readonly answersHere?: boolean;
};

/** What a check needs that this layer keeps from it. */
export function blockedBy(layer: Layer): Need['of'] {
  return layer === 'commands' ? 'commands' : 'clients';
}

/** The obstacle at a layer, from the words that were found there. */
export function obstacleAt(layer: Exclude<Layer, 'commands'>, words: string, path: BrokerPath): Obstacle {
  return { layer, ...OBSTACLES[layer](words, path) };
}

type Explain = (words: string, path: BrokerPath) => Omit<Obstacle, 'layer'>;

const OBSTACLES: Readonly<Record<Exclude<Layer, 'commands'>, Explain>> = {
  name: (_, { from, address }) => ({
    reason: `${from} cannot resolve the name ${address}`,
    advice: `getent hosts ${address} on ${from} must print an address; an IP address as the broker's address needs no name`,
  }),
  tcp: (words, path) => ({
    reason: `${path.from} cannot connect to ${place(path)}: ${words}`,
    advice: tcpAdvice(words, path),
  }),
  mqtt: (words, path) => ({
    reason: `${path.from} connects to ${place(path)}, but no MQTT broker answers: ${words}`,
    advice: /certificate|TLS|SSL/.test(words)
      ? 'compare the names, the dates and the CA of the certificate with `broker.tls` in the lab file'
      : `another program may listen there, or stand in between: sudo ss -Hltnp 'sport = :${path.port}' on the broker's host names the listener`,
  }),
  mosquitto_pub: program('mosquitto-clients'),
  mosquitto_sub: program('mosquitto-clients'),
  paho: program('python3-paho-mqtt'),
};

function program(debianPackage: string): Explain {
  return (words, { from }) => ({
    reason: `a client program does not start on ${from}: ${words}`,
    advice: /not found$|No module named/.test(words)
      ? `${CALLED_AS} up installs ${debianPackage}`
      : `sudo apt-get install --reinstall ${debianPackage} on ${from} restores its files`,
  });
}

function place({ address, port }: BrokerPath): string {
  return `${address} port ${port}`;
}

function tcpAdvice(words: string, { from, address, answersHere }: BrokerPath): string {
  if (answersHere !== true) return BROKER_UNREACHABLE;
  const between = `the broker answers this machine, so look between ${from} and ${address}`;
  const isRefused = /refused/i.test(words);
  const where = isRefused
    ? 'a firewall that rejects, or an address of another machine'
    : 'a firewall or a missing route';
  return `${between} for ${where}: ip route get ${address} and sudo nft list ruleset on ${from}`;
}
