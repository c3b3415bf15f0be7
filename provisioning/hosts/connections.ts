import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { deferred } from '../../base/deferred.ts';
import { ignoreFailure, LabError } from '../../base/errors.ts';
import { type SshAddress, sshText } from '../../lab-file/ssh-address.ts';
import { type Channel, isRefused, openChannel } from './channel.ts';
import { type Purpose, type SessionPool, sessionPool } from './session-pool.ts';
import { logIn } from './ssh-login.ts';

/** One SSH connection; `died` rejects when it ends. */
type Connection = { readonly client: Client; readonly died: Promise<never> };

export type ExecuteOptions = {
  /** @default run */
  readonly purpose?: Purpose;
  readonly signal?: AbortSignal;
};

/** The connections to one host: one, until it refuses a session. */
export type Connections = {
  /** The first connection. */
  readonly client: Client;
  readonly user: string;
  /** Key under which the host's password is remembered. */
  readonly passwordKey: string;
  /**
   * Starts a command, on a further connection where the others have no room; waits where the host allows neither.
   * Starts nothing once the signal has come.
   */
  execute(line: string, options?: ExecuteOptions): Promise<Channel>;
  close(): void;
};

/** sshd frees a session a moment after its end. */
const PAUSE_MS = 50;
/** How often a command is tried on connections with room. */
const TRIES = 80;

/** Logs in to a host. Throws a LabError with exit code 2 that says why it could not. */
export async function openConnections(name: string, address: SshAddress, signal?: AbortSignal): Promise<Connections> {
  const { client, user, passwordKey } = await logIn(name, address, signal);
  const login = sshText({ ...address, user });
  const watch = (client: Client): Connection => {
    const died = deferred<never>();
    const lost = { subject: name, step: `ssh ${login}`, happened: 'the connection ended' };
    client.on('close', () => died.reject(new LabError({ ...lost, advice: 'run the command again' }, 'could-not-run')));
    return { client, died: died.promise };
  };
  const first = watch(client);
  const open = new Set([client]);
  let isClosed = false;
  const pool: SessionPool<Connection> = sessionPool(first, async () => {
    if (isClosed) throw new Error('closed');
    // without the signal: ending the commands of an interrupted run takes sessions too
    const { client } = await logIn(name, address);
    if (isClosed) client.end();
    open.add(client);
    const further = watch(client);
    client.on('close', () => pool.remove(further));
    return further;
  });
  return {
    ...{ client, user, passwordKey },
    async execute(line, options = {}) {
      for (let tries = 1; ; tries += 1) {
        const channel = await Promise.race([openSession(pool, line, options), first.died]);
        if (channel !== undefined) return channel;
        if (tries === TRIES) throw noSession(name, login);
        await sleep(PAUSE_MS);
      }
    },
    close() {
      isClosed = true;
      for (const client of open) client.end();
    },
  };
}

/** Undefined where the host refuses another session. */
async function openSession(
  pool: SessionPool<Connection>,
  line: string,
  { purpose = 'run', signal }: ExecuteOptions,
): Promise<Channel | undefined> {
  const lease = await pool.take(purpose, signal);
  const { client, died } = lease.connection;
  let channel: Channel;
  try {
    signal?.throwIfAborted();
    channel = await Promise.race([openChannel((opened) => client.exec(line, opened)), died]);
  } catch (error) {
    if (isRefused(error)) lease.refused();
    lease.release();
    if (isRefused(error)) return undefined;
    throw error;
  }
  lease.opened();
  void channel.exited.then(lease.release);
  const exited = Promise.race([channel.exited, died]);
  // nobody awaits it where the first connection has ended meanwhile
  void ignoreFailure(exited);
  // without its script the wrapper ends at once
  if (signal?.aborted === true) channel.stream.end();
  signal?.throwIfAborted();
  return { ...channel, exited };
}

function noSession(subject: string, login: string): LabError {
  const happened = 'the host accepts the login and refuses every session';
  const advice = 'check MaxSessions and ForceCommand in sshd_config on the host';
  return new LabError({ subject, step: `ssh ${login}`, happened, advice }, 'could-not-run');
}
