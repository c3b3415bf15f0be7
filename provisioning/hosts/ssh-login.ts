import type { Client } from 'ssh2';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { logInWithPrompts, passwordKey } from './login-prompts.ts';
import { DIRECT, throughProxy } from './route.ts';
import { destinationOf } from './ssh-destination.ts';

/** A connection, and who is logged in. */
export type LoggedIn = { readonly client: Client; readonly user: string; readonly passwordKey: string };

/**
 * Logs in to a host as ~/.ssh/config describes, and asks on a terminal for what is missing, such as a password.
 * Throws a LabError with exit code 2 that says why it could not.
 */
export async function logIn(name: string, address: SshAddress, signal?: AbortSignal): Promise<LoggedIn> {
  const destination = await destinationOf(name, address);
  const route = destination.proxy === undefined ? DIRECT : throughProxy(destination.proxy);
  try {
    const client = await logInWithPrompts({ name, destination, address, route, signal });
    client.on('close', () => route.close());
    return { client, user: destination.user, passwordKey: passwordKey(destination) };
  } catch (error) {
    route.close();
    throw error;
  }
}
