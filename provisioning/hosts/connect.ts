import ssh2, { type Client } from 'ssh2';
import { deferred } from '../../base/deferred.ts';
import { LabError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { hostKeyCheck } from './host-key.ts';
import { login } from './login.ts';
import { type LoginKeys, loginKeys } from './login-keys.ts';
import type { Route } from './route.ts';
import type { Destination } from './ssh-config.ts';

/** How one attempt to log in ended; what could be put right by a person is no error yet. */
export type LoginOutcome =
  | { readonly kind: 'ready'; readonly client: Client }
  /** The host, or the way there, ended the connection before a word. */
  | { readonly kind: 'dropped'; readonly error: LabError }
  /** Nothing is known of the host. */
  | { readonly kind: 'unknown key'; readonly key: Buffer; readonly refusal: LabError }
  | {
      readonly kind: 'not let in';
      readonly keys: LoginKeys;
      /** Methods that the host would take. */
      readonly methods: readonly string[];
      readonly hasTriedPassword: boolean;
    };

const CONNECT_TIMEOUT_MS = 15_000;

/** Connects and logs in, asking nobody. Throws a LabError with exit code 2 where the host is out of reach or its key is another than the known one. */
export async function attemptLogin(
  name: string,
  destination: Destination,
  { identity, hostKey }: SshAddress,
  password: Secret | undefined,
  route: Route,
  signal?: AbortSignal,
): Promise<LoginOutcome> {
  const { hostName: host, port, user: username } = destination;
  const trouble = (happened: string, advice?: string) =>
    new LabError({ subject: name, step: sshStep(destination, route), happened, advice }, 'could-not-run');
  const [check, keys] = await Promise.all([
    hostKeyCheck(name, destination, hostKey),
    loginKeys(name, destination, identity),
  ]);
  const attempt = login(username, keys.methods, password);
  const client = new ssh2.Client();
  const ended = deferred<LoginOutcome>();
  const fail = (happened: string, advice: string | undefined) => {
    const unknown = check.unknown();
    const refusal = check.refusal();
    if (unknown !== undefined && refusal !== undefined) {
      ended.resolve({ kind: 'unknown key', key: unknown, refusal });
    } else ended.reject(refusal ?? trouble(withWords(happened, route), advice));
  };
  // ssh2 can emit two errors for one failure, so the listener stays
  client.on('error', async (error: Error & { level?: string }) => {
    // the next key is tried
    if (error.level === 'agent') return;
    if (error.level !== 'client-authentication') await route.ended();
    // a proxy command that says why will say it again
    if (!hasShakenHands && isDrop(error) && route.said() === '') {
      return ended.resolve({ kind: 'dropped', error: trouble(withWords(lostWords(error), route), UNREACHABLE) });
    }
    if (error.level !== 'client-authentication') return fail(lostWords(error), UNREACHABLE);
    const { left, hasTriedPassword } = attempt;
    ended.resolve({ kind: 'not let in', keys, methods: left(), hasTriedPassword: hasTriedPassword() });
  });
  client.on('close', async () => {
    await route.ended();
    fail('the host closed the connection', undefined);
  });
  let hasShakenHands = false;
  client.on('handshake', () => {
    hasShakenHands = true;
  });
  client.on('ready', () => ended.resolve({ kind: 'ready', client }));
  const onAbort = () => ended.reject(trouble('interrupted'));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal?.aborted === true) throw trouble('interrupted');
    const sock = await route.open().catch((error: unknown) => {
      throw trouble(error instanceof Error ? error.message : String(error), UNREACHABLE);
    });
    client.connect({
      ...{ host, port, username },
      ...(sock === undefined ? {} : { sock }),
      readyTimeout: CONNECT_TIMEOUT_MS,
      keepaliveInterval: 5_000,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => check.accepts(key),
      algorithms: { serverHostKey: [...check.algorithms] },
      authHandler: (left: readonly string[] | null) => attempt.next(left),
    });
    // from the first packet: Nagle's algorithm and a delayed acknowledgement cost the handshake 40 ms twice
    client.setNoDelay(true);
    const outcome = await ended.promise;
    if (outcome.kind !== 'ready') client.destroy();
    return outcome;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

const LOST = 'Connection lost before handshake';

/** sshd closes, and what it has not read makes that a reset; a proxy command that ends, a broken pipe. The words are ssh2's. */
function isDrop(error: Error & { readonly code?: unknown }): boolean {
  return error.message === LOST || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function lostWords(error: Error & { readonly code?: unknown }): string {
  return error.code === 'EPIPE' ? LOST : error.message;
}

const UNREACHABLE =
  'see that the host is on, that sshd runs there and that the address and port in the lab file are right';

/** What is done, for errors: `ssh pi@kitchen.local port 22 through hub`. */
export function sshStep({ user, hostName, port }: Destination, route: Route): string {
  return `ssh ${user}@${hostName} port ${port}${route.words}`;
}

function withWords(happened: string, route: Route): string {
  const said = route.said();
  return said === '' ? happened : `${happened}\n    ${said}`;
}
