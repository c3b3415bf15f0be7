import ssh2, { type Client } from 'ssh2';
import { type Deferred, deferred } from '../../base/deferred.ts';
import { errorMessage, LabError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { slowness, stretchedSeconds } from '../../base/slowness.ts';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { type HostKeyCheck, hostKeyCheck } from './host-key.ts';
import { type Login, login } from './login.ts';
import { type LoginKeys, loginKeys } from './login-keys.ts';
import type { Route } from './route.ts';
import type { Destination } from './ssh-config.ts';

/** A host to log in to, and the route to it. */
export type LoginTarget = {
  /** `broker` or the Pi's name. */
  readonly name: string;
  readonly destination: Destination;
  readonly address: SshAddress;
  readonly route: Route;
  readonly signal?: AbortSignal | undefined;
};

/** How one login ended. A login that a person's answer could complete is not an error yet. */
export type LoginOutcome =
  | { readonly kind: 'ready'; readonly client: Client }
  /** The host, or the hop before it, closed the connection without a word. */
  | { readonly kind: 'dropped'; readonly error: LabError }
  | { readonly kind: 'unknown key'; readonly key: Buffer; readonly refusal: LabError }
  | {
      readonly kind: 'refused';
      readonly keys: LoginKeys;
      /** Methods that the host would accept. */
      readonly methods: readonly string[];
      readonly hasTriedPassword: boolean;
    };

const CONNECT_TIMEOUT_MS = 15_000;

/** Connects and logs in without a question. Throws a LabError with exit code 2 for a host out of reach or a changed host key. */
export async function logInOnce(target: LoginTarget, password: Secret | undefined): Promise<LoginOutcome> {
  const { name, destination, signal } = target;
  const { identity, hostKey } = target.address;
  const [check, keys] = await Promise.all([
    hostKeyCheck(name, destination, hostKey),
    loginKeys(name, destination, identity),
  ]);
  const methods = login(destination.user, keys.methods, password);
  const client = new ssh2.Client();
  const outcome = deferred<LoginOutcome>();
  listen(client, target, { check, keys, methods, outcome });
  const interrupted = () =>
    new LabError({ subject: name, step: sshStep(target), happened: 'interrupted' }, 'interrupted');
  const onAbort = () => outcome.reject(interrupted());
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal?.aborted === true) throw interrupted();
    await start(client, target, check, methods);
    const reached = await outcome.promise;
    if (reached.kind !== 'ready') client.destroy();
    return reached;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function start(client: Client, target: LoginTarget, check: HostKeyCheck, methods: Login): Promise<void> {
  const { destination, route } = target;
  const { hostName: host, port, user: username } = destination;
  const sock = await route.open().catch((error: unknown) => {
    throw sshError(target, errorMessage(error), route.advice);
  });
  client.connect({
    ...{ host, port, username },
    ...(sock === undefined ? {} : { sock }),
    readyTimeout: CONNECT_TIMEOUT_MS * slowness(),
    // a small board under load may need half a minute for an answer
    keepaliveInterval: 5_000,
    keepaliveCountMax: 12,
    hostVerifier: (key: Buffer) => check.accepts(key),
    algorithms: { serverHostKey: [...check.algorithms] },
    authHandler: (left: readonly string[] | null) => methods.next(left),
  });
  // from the first packet: Nagle's algorithm and a delayed acknowledgement cost the handshake 40 ms twice
  client.setNoDelay(true);
}

type Progress = {
  readonly check: HostKeyCheck;
  readonly keys: LoginKeys;
  readonly methods: Login;
  readonly outcome: Deferred<LoginOutcome>;
};

type ConnectionError = Error & { readonly level?: string; readonly code?: unknown };

/** ssh2 can emit two errors for one failure, so the listeners stay. */
function listen(client: Client, target: LoginTarget, { check, keys, methods, outcome }: Progress): void {
  const { route } = target;
  const fail = (happened: string, advice?: string) => {
    const key = check.unknown();
    const refusal = check.refusal();
    if (key !== undefined && refusal !== undefined) outcome.resolve({ kind: 'unknown key', key, refusal });
    else outcome.reject(refusal ?? sshError(target, happened, advice));
  };
  let hasShakenHands = false;
  client.on('handshake', () => {
    hasShakenHands = true;
  });
  client.on('ready', () => outcome.resolve({ kind: 'ready', client }));
  client.on('error', async (error: ConnectionError) => {
    // the next key is tried
    if (error.level === 'agent') return;
    if (error.level === 'client-authentication') {
      const hasTriedPassword = methods.hasTriedPassword();
      return outcome.resolve({ kind: 'refused', keys, methods: methods.left(), hasTriedPassword });
    }
    await route.ended();
    if (!hasShakenHands && isDrop(error) && mayAnswerLater(route.said())) {
      return outcome.resolve({ kind: 'dropped', error: sshError(target, messageOf(error), route.advice) });
    }
    if (error.level !== 'client-timeout') return fail(messageOf(error), route.advice);
    const happened = `no answer within ${stretchedSeconds(CONNECT_TIMEOUT_MS)} s`;
    outcome.reject(
      new LabError({ ...sshError(target, happened, route.advice).trouble, isLate: true }, 'could-not-run'),
    );
  });
  client.on('close', async () => {
    await route.ended();
    fail('the host closed the connection');
  });
}

const LOST = 'Connection lost before handshake';

/** sshd closes, which unread bytes turn into a reset; a proxy command that ends gives a broken pipe. The message is ssh2's. */
function isDrop(error: ConnectionError): boolean {
  return error.message === LOST || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function messageOf(error: ConnectionError): string {
  return error.code === 'EPIPE' ? LOST : error.message;
}

/** A proxy command that failed with a reason fails again, unless its own hop dropped the connection. */
function mayAnswerLater(said: string): boolean {
  return said === '' || said.includes('kex_exchange_identification: ');
}

/** The step, for errors: `ssh pi@kitchen.local port 22 through hub`. */
export function sshStep({ destination: { user, hostName, port }, route }: LoginTarget): string {
  return `ssh ${user}@${hostName} port ${port}${route.words}`;
}

function sshError(target: LoginTarget, happened: string, advice?: string): LabError {
  const said = target.route.said();
  const why = said === '' ? happened : `${happened}\n    ${said}`;
  return new LabError({ subject: target.name, step: sshStep(target), happened: why, advice }, 'could-not-run');
}
