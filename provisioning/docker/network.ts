import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type Docker from 'dockerode';
import { LabError } from '../../base/errors.ts';
import { type Cidr, cidrOf, formatCidr, overlap } from '../../base/ipv4.ts';
import { LAB, labFilter } from './labels.ts';

/** 198.18.0.0/15 is reserved for tests of network devices (RFC 2544), so no home or office uses it: 512 networks of 254 hosts. */
const TEST_RANGE_START = 0xc612_0000;
const TEST_NETWORKS = 512;

export type LabNetwork = { readonly name: string; readonly id: string; readonly created: boolean };

/** The lab's network: its name, its id if it exists with the right subnet, and its subnet. Changes nothing. */
export async function networkState(
  docker: Docker | undefined,
  lab: string,
  subnet: string | undefined,
): Promise<{ readonly name: string; readonly id: string | undefined; readonly subnet: string | undefined }> {
  const name = `mqtt-lab-${lab}`;
  const all = (await docker?.listNetworks({ filters: labFilter(lab) })) ?? [];
  const own = all.find((network) => network.Name === name);
  const current = own?.IPAM?.Config?.[0]?.Subnet;
  return { name, id: subnet === undefined || subnet === current ? own?.Id : undefined, subnet: current };
}

/** The lab's network: reused, or created when it is missing or when lab.yaml has another subnet. */
export async function ensureNetwork(docker: Docker, lab: string, subnet: string | undefined): Promise<LabNetwork> {
  const name = `mqtt-lab-${lab}`;
  const all = await docker.listNetworks();
  const own = all.find((network) => network.Name === name && network.Labels?.[LAB] === lab);
  if (subnet !== undefined)
    checkFree(
      lab,
      subnet,
      all.filter(({ Id }) => Id !== own?.Id),
    );
  if (own !== undefined) {
    const current = own.IPAM?.Config?.[0]?.Subnet;
    if (subnet === undefined || current === subnet) return { name, id: own.Id, created: false };
    await removeNetwork(docker, own.Id);
  }
  const taken = [
    ...all.filter(({ Id }) => Id !== own?.Id).flatMap(({ IPAM }) => IPAM?.Config?.map(({ Subnet }) => Subnet) ?? []),
    ...Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ cidr }) => cidr) ?? []),
  ].flatMap((text) => cidrOf(text ?? '') ?? []);
  const mtu = await uplinkMtu();
  const create = async (chosen: string) =>
    await docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: { [LAB]: lab },
      IPAM: { Driver: 'default', Config: [{ Subnet: chosen }] },
      Options: {
        'com.docker.network.bridge.name': bridgeName(lab),
        ...(mtu === undefined ? {} : { 'com.docker.network.driver.mtu': String(mtu) }),
      },
    });
  const network = subnet === undefined ? await createOnFree(create, lab, taken) : await create(subnet);
  return { name, id: network.id, created: true };
}

/** Throws a LabError with exit code 2 that names the other network, before any change. */
function checkFree(lab: string, subnet: string, others: readonly Docker.NetworkInspectInfo[]): void {
  const wanted = cidrOf(subnet);
  for (const { Name, IPAM } of others) {
    const taken = IPAM?.Config?.map(({ Subnet }) => Subnet ?? '') ?? [];
    const clash = taken.find((other) => {
      const cidr = cidrOf(other);
      return cidr !== undefined && wanted !== undefined && overlap(cidr, wanted);
    });
    if (clash === undefined) continue;
    const happened = `${subnet} overlaps ${clash} of the Docker network ${Name}`;
    const advice = 'choose another `containers.subnet`, or leave it out and the lab finds a free one';
    throw new LabError({ subject: lab, step: 'create the network', happened, advice }, 'could-not-run');
  }
}

/** Another lab's `up` may take the subnet meanwhile; then it tries the next free one. */
async function createOnFree<T>(
  create: (subnet: string) => Promise<T>,
  lab: string,
  taken: readonly Cidr[],
): Promise<T> {
  const subnet = freeSubnet(lab, taken);
  try {
    return await create(formatCidr(subnet));
  } catch (error) {
    if (!(error instanceof Error) || !/overlaps/.test(error.message)) throw error;
    return await createOnFree(create, lab, [...taken, subnet]);
  }
}

/** Interface name of a lab's bridge: at most 15 characters (IFNAMSIZ), starting with `lab-`. */
export function bridgeName(lab: string): string {
  return `lab-${createHash('sha256').update(lab).digest('hex').slice(0, 10)}`;
}

/** The first free /24 of the test range. The search starts at a place that depends on the lab's name, so that it finds the same one each time. */
export function freeSubnet(lab: string, taken: readonly Cidr[]): Cidr {
  const first = createHash('sha256').update(lab).digest().readUInt16BE(0);
  for (let step = 0; step < TEST_NETWORKS; step += 1) {
    const address = TEST_RANGE_START + ((first + step) % TEST_NETWORKS) * 256;
    const candidate = { address, prefix: 24 };
    if (!taken.some((other) => overlap(candidate, other))) return candidate;
  }
  const happened = 'all 512 networks of 198.18.0.0/15 are taken';
  throw new LabError(
    { subject: 'docker', step: 'choose a network', happened, advice: 'set `containers.subnet`' },
    'could-not-run',
  );
}

/** Removes a network, after it has disconnected the containers that are still on it. */
async function removeNetwork(docker: Docker, id: string): Promise<void> {
  const network = docker.getNetwork(id);
  const { Containers } = await network.inspect();
  for (const container of Object.keys(Containers ?? {}))
    await network.disconnect({ Container: container, Force: true });
  await network.remove();
}

export async function removeNetworks(docker: Docker, lab: string): Promise<number> {
  const networks = await docker.listNetworks({ filters: labFilter(lab) });
  for (const { Id } of networks) await removeNetwork(docker, Id);
  return networks.length;
}

/** MTU of the interface of the default route: a bridge with a larger one loses packets silently. */
async function uplinkMtu(): Promise<number | undefined> {
  try {
    const routes = await readFile('/proc/net/route', 'utf8');
    const fields = routes.split('\n').map((line) => line.split('\t'));
    const uplink = fields.find(([, destination]) => destination === '00000000')?.[0];
    if (uplink === undefined) return undefined;
    const mtu = Number(await readFile(`/sys/class/net/${uplink}/mtu`, 'utf8'));
    return mtu >= 1280 && mtu < 1500 ? mtu : undefined;
  } catch {
    return undefined;
  }
}
