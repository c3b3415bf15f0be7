import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { deferred } from '../deferred.ts';
import { LabError } from '../errors.ts';
import type { Command, Host, Running } from './host.ts';
import { hostKeyCheck } from './host-key.ts';
import { loginKeys } from './login-keys.ts';
import { startOver } from './running.ts';
import { killWords, quote, shellInput, shellWords } from './shell.ts';

/** How a host is reached over SSH. */
export type SshAddress = {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** Private key file; undefined: the agent and the usual files in ~/.ssh. */
  readonly identity: string | undefined;
  /** The host's public key as in known_hosts; undefined: ~/.ssh/known_hosts decides. */
  readonly hostKey: string | undefined;
};

export type SshHost = Host & { readonly client: Client };

const CONNECT_TIMEOUT_MS = 15_000;
/** A refused channel (RFC 4254 5.1, administratively prohibited: MaxSessions) is asked for again this often. */
const CHANNEL_TRIES = 40;
const CHANNEL_RETRY_MS = 100;

/** Connects to a host over SSH; throws a LabError with exit code 2 that says why it could not. */
export async function sshHost(name: string, address: SshAddress, signal?: AbortSignal): Promise<SshHost> {
  const client = await connect(name, address, signal);
  const died = deferred<never>();
  client.on('close', () => died.reject(unreachable(name, address, 'the connection ended', 'run the command again')));
  return {
    name,
    client,
    start: (command) => startRemote(name, client, address.user === 'root', died.promise, command),
    async [Symbol.asyncDispose]() {
      client.end();
    },
  };
}

async function connect(name: string, address: SshAddress, signal?: AbortSignal): Promise<Client> {
  const check = await hostKeyCheck(name, address);
  const keys = await loginKeys(name, address.identity);
  const client = new ssh2.Client();
  const ready = deferred<void>();
  // ssh2 can emit two errors for one failure, so the listener stays
  client.on('error', (error) => ready.reject(check.refusal() ?? explain(name, address, error)));
  client.on('close', () =>
    ready.reject(check.refusal() ?? unreachable(name, address, 'the host closed the connection')),
  );
  client.on('ready', () => {
    client.setNoDelay(true);
    ready.resolve();
  });
  const onAbort = () => ready.reject(unreachable(name, address, 'interrupted'));
  signal?.addEventListener('abort', onAbort, { once: true });
  const config: ConnectConfig = {
    host: address.address,
    port: address.port,
    username: address.user,
    readyTimeout: CONNECT_TIMEOUT_MS,
    keepaliveInterval: 5_000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => check.accepts(key),
    ...(check.algorithms.length > 0 ? { algorithms: { serverHostKey: [...check.algorithms] } } : {}),
    ...keys,
  };
  try {
    client.connect(config);
    await ready.promise;
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function unreachable(name: string, { user, address, port }: SshAddress, happened: string, advice?: string): LabError {
  return new LabError({ subject: name, step: `ssh ${user}@${address} port ${port}`, happened, advice }, 2);
}

function explain(name: string, address: SshAddress, error: Error & { code?: string; level?: string }): LabError {
  if (error.level === 'client-authentication') {
    return unreachable(
      name,
      address,
      'none of the keys was accepted',
      `add your public key to ~/.ssh/authorized_keys of ${address.user} there, or name the key with \`identity\` in the lab file`,
    );
  }
  const advice =
    'see that the host is on, that sshd runs there and that the address and port in the lab file are right';
  return unreachable(name, address, error.message, advice);
}

function startRemote(name: string, client: Client, isRoot: boolean, died: Promise<never>, command: Command): Running {
  const root = command.root === true;
  return startOver(
    name,
    {
      async launch(onStdout, onStderr) {
        const line = shellWords(root, isRoot).map(quote).join(' ');
        const channel = await Promise.race([openChannel(client, line), died]);
        const ended = deferred<number>();
        let code: number | undefined;
        channel.on('exit', (exitCode: number | null) => {
          code = exitCode ?? 128;
        });
        channel.on('close', () => {
          if (code === undefined) ended.reject(new LabError(lostTrouble(name, command.step), 2));
          else ended.resolve(code);
        });
        channel.setEncoding('utf8').on('data', onStdout);
        channel.stderr.setEncoding('utf8').on('data', onStderr);
        channel.end(shellInput(command.script));
        return { exit: Promise.race([ended.promise, died]) };
      },
      async killGroup(group, signal) {
        const channel = await openChannel(client, killWords(group, signal, root, isRoot).map(quote).join(' '));
        channel.resume().stderr.resume();
        await new Promise((resolve) => channel.on('close', resolve));
      },
    },
    command,
  );
}

function lostTrouble(subject: string, step: string) {
  return {
    subject,
    step,
    happened: 'the host ended the command without an exit code',
    advice: 'see whether the host is still up',
  };
}

async function openChannel(client: Client, line: string): Promise<ClientChannel> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await new Promise((resolve, reject) => {
        client.exec(line, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
      });
    } catch (error) {
      const refused = error instanceof Error && 'reason' in error && (error.reason === 2 || error.reason === 1);
      if (!refused || tries >= CHANNEL_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, CHANNEL_RETRY_MS));
    }
  }
}
