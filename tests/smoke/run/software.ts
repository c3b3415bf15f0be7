import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../../../probes/feed.ts';
import { gather } from '../../../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../../../provisioning/resources/packages.ts';
import type { Versions } from '../../../report/record.ts';
import { HERE } from '../support/check.ts';
import type { World } from '../support/world.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
/** The clients on this machine by the names that people know, and their packages. */
const CLIENTS_HERE = { 'mqtt.js': 'mqtt', 'mqtt-packet': 'mqtt-packet' } as const;
const CLIENTS_THERE = packagesQuery(['mosquitto-clients', 'python3-paho-mqtt']);
const BOUND_MS = 30_000;
const UNKNOWN = 'unknown';

/** What is at the two ends of the checks on a host. */
export type Software = (host: string) => Promise<Versions>;

/**
 * Asks each of these hosts once, over a connection of its own, while the checks go on. Never throws: what can't be told within 15 s is `unknown`,
 * and a broken host is for the checks to find.
 */
export function softwareOf(world: World, hosts: readonly string[]): Software {
  const { version } = world.live.broker;
  const broker = version === undefined ? UNKNOWN : `mosquitto ${version}`;
  const ask = async (host: string) => {
    const asking = host === HERE ? clientsHere() : clientsOn(world, host);
    return await within(asking, `versions on ${host}`, BOUND_MS).catch(() => UNKNOWN);
  };
  const clients = new Map(hosts.map((host) => [host, ask(host)]));
  return async (host) => ({ broker, client: (await clients.get(host)) ?? UNKNOWN });
}

async function clientsHere(): Promise<string> {
  const named = Object.entries(CLIENTS_HERE).map(async ([name, module]) => {
    const { version } = JSON.parse(await readFile(path.join(MODULES, module, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  });
  return (await Promise.all(named)).join(', ');
}

async function clientsOn(world: World, name: string): Promise<string> {
  const { broker, pis } = world.live;
  const where = name === 'broker' ? broker.host : pis.find((pi) => pi.name === name)?.host;
  if (where === undefined) return UNKNOWN;
  const host = await world.host(name, where, 'versions');
  const facts = await gather(host, [CLIENTS_THERE], world.stopped, { root: false });
  const installed = [...installedVersions(facts.get(CLIENTS_THERE))].map(([name, version]) => `${name} ${version}`);
  return installed.join(', ') || UNKNOWN;
}
