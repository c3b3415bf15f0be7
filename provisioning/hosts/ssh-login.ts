import type { Client } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { sshStep } from './connect.ts';
import { shareHop } from './hops.ts';
import { logInBy, passwordKey } from './login-by-route.ts';
import { DIRECT, jumpsOf, type Route, throughCommand, throughHop } from './route.ts';
import { type Destination, destinationOf } from './ssh-config.ts';

/** A connection, and who is logged in. */
export type LoggedIn = { readonly client: Client; readonly user: string; readonly passwordKey: string };

/** A ProxyJump that leads in a circle would go on for ever. */
const MOST_HOPS = 8;

/**
 * Logs in to a host, over as many hops as ~/.ssh/config has; what is missing, such as a password, is asked for on a terminal.
 * Throws a LabError with exit code 2 that says why it could not.
 */
export async function logIn(name: string, address: SshAddress, signal?: AbortSignal): Promise<LoggedIn> {
  const destination = await destinationOf(name, address);
  const hops = hopsTo(name, destination, address);
  await refuseCircle(name, destination, hops);
  return await logInOver(name, destination, address, hops, signal);
}

/** As ssh(1), -J, does: the hops before the last one take the place of its own ProxyJump, and without any that one counts. */
async function logInOver(
  name: string,
  destination: Destination,
  address: SshAddress,
  hops: readonly SshAddress[],
  signal: AbortSignal | undefined,
): Promise<LoggedIn> {
  const route = await routeTo(name, destination, hops, signal);
  try {
    const client = await logInBy(name, destination, address, route, signal);
    client.on('close', () => route.close());
    return { client, user: destination.user, passwordKey: passwordKey(destination) };
  } catch (error) {
    route.close();
    throw error;
  }
}

async function routeTo(
  name: string,
  destination: Destination,
  hops: readonly SshAddress[],
  signal: AbortSignal | undefined,
): Promise<Route> {
  const last = hops.at(-1);
  if (last === undefined) {
    return destination.proxyCommand === undefined ? DIRECT : throughCommand(destination.proxyCommand);
  }
  const hop = await shareHop(JSON.stringify(hops), async () => {
    const there = await destinationOf(name, last);
    return (await logInOver(name, there, last, hopsBefore(name, there, hops), signal)).client;
  });
  return throughHop(hop, last.address, destination);
}

function hopsTo(name: string, { proxyJump }: Destination, address: SshAddress): readonly SshAddress[] {
  return proxyJump === undefined ? [] : jumpsOf(name, proxyJump, address);
}

/** The hops to the last of these. */
function hopsBefore(name: string, last: Destination, hops: readonly SshAddress[]): readonly SshAddress[] {
  const [address] = hops;
  return hops.length > 1 || address === undefined ? hops.slice(0, -1) : hopsTo(name, last, address);
}

/** Before anything is connected: connections to hops are shared, and in a circle each would wait for the other. */
async function refuseCircle(name: string, destination: Destination, hops: readonly SshAddress[]): Promise<void> {
  let way = hops;
  for (let count = 0; ; count += 1) {
    const last = way.at(-1);
    if (last === undefined) return;
    if (count === MOST_HOPS) {
      const happened = `ProxyJump goes over more than ${MOST_HOPS} hosts, or in a circle`;
      const trouble = { subject: name, step: sshStep(destination, DIRECT), happened, advice: 'mend ~/.ssh/config' };
      throw new LabError(trouble, 'could-not-run');
    }
    way = hopsBefore(name, await destinationOf(name, last), way);
  }
}
