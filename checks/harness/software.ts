import mqtt from 'mqtt/package.json' with { type: 'json' };
import mqttPacket from 'mqtt-packet/package.json' with { type: 'json' };
import type { LiveLab } from '../../deployment/live-lab.ts';
import { within } from '../../probes/mqtt/feed.ts';
import { gatherFacts } from '../../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../../provisioning/resources/packages.ts';
import type { System } from '../../records/environment.ts';
import type { Versions } from '../../records/record.ts';
import { THIS_MACHINE } from './check.ts';
import { bootIdHere, SYSTEM, systemOf } from './system.ts';
import type { TestLab } from './test-lab.ts';

/** mqtt.js on this machine, with its version. */
export const MQTT_JS_VERSION = `mqtt.js ${mqtt.version}`;
const CLIENTS_HERE = `${MQTT_JS_VERSION}, mqtt-packet ${mqttPacket.version}`;
const CLIENT_PACKAGES = packagesQuery(['mosquitto-clients', 'python3-paho-mqtt']);
const BOUND_MS = 30_000;
const UNKNOWN = 'unknown';

/** Receives the operating system of a host. */
export type OnSystem = (host: string, system: System) => void;

/** The versions of the broker and of the clients that checks on a host use. */
export type Software = (host: string) => Promise<Versions>;

/**
 * Asks each host once, on a separate connection, while the checks run. Never throws: a version that does not arrive
 * within 30 s is `unknown`, and the checks report a broken host.
 */
export function softwareOf(testLab: TestLab, hosts: readonly string[], onSystem: OnSystem): Software {
  const broker = brokerText(testLab.live);
  const ask = async (host: string) => {
    if (host === THIS_MACHINE) return CLIENTS_HERE;
    return await within(clientsOn(testLab, host, onSystem), `versions on ${host}`, BOUND_MS).catch(() => UNKNOWN);
  };
  const clients = new Map(hosts.map((host) => [host, ask(host)]));
  return async (host) => ({ broker, client: (await clients.get(host)) ?? UNKNOWN });
}

/** The broker's software, such as `mosquitto 2.0.11`; `unknown` where nobody knows it. */
export function brokerText({ lab, broker }: Pick<LiveLab, 'lab' | 'broker'>): string {
  const { software } = lab.broker;
  if (software !== undefined) return `${software.product} ${software.version}`;
  return broker.version === undefined ? UNKNOWN : `mosquitto ${broker.version}`;
}

async function clientsOn(testLab: TestLab, name: string, onSystem: OnSystem): Promise<string> {
  const { broker, pis } = testLab.live;
  const where = name === 'broker' ? broker.host : pis.find((pi) => pi.name === name)?.host;
  if (where === undefined) return UNKNOWN;
  const host = await testLab.host(name, where, 'versions');
  const facts = await gatherFacts(host, [CLIENT_PACKAGES, SYSTEM], testLab.stopped, { root: false });
  onSystem(name, systemOf(facts.get(SYSTEM), await bootIdHere()));
  const installed = [...installedVersions(facts.get(CLIENT_PACKAGES))].map(([name, version]) => `${name} ${version}`);
  return installed.join(', ') || UNKNOWN;
}
