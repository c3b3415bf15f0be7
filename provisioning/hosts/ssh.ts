import ssh2, { type Client, type ConnectConfig } from 'ssh2';
import { deferred } from '../deferred.ts';
import { LabError } from '../errors.ts';
import { execute } from './channel.ts';
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
  client.on('ready', () => ready.resolve());
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
    // ssh2 would try `none` first: one more round trip, which older sshd delays on purpose
    authHandler: [
      ...(keys.privateKey === undefined ? [] : ['publickey' as const]),
      ...(keys.agent === undefined ? [] : ['agent' as const]),
      'none',
    ],
  };
  try {
    client.connect(config);
    // from the first packet: Nagle's algorithm and a delayed acknowledgement cost the handshake 40 ms twice
    client.setNoDelay(true);
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
        const { stream, exited } = await Promise.race([execute(client, line), died]);
        const exit = exited.then((code) => {
          if (code === undefined) throw new LabError(lostTrouble(name, command.step), 2);
          return code;
        });
        stream.setEncoding('utf8').on('data', onStdout);
        stream.stderr.setEncoding('utf8').on('data', onStderr);
        stream.end(shellInput(command.script));
        return { exit: Promise.race([exit, died]) };
      },
      async killGroup(group, signal) {
        const line = killWords(group, signal, root, isRoot).map(quote).join(' ');
        const { stream, exited } = await execute(client, line);
        stream.resume().stderr.resume();
        await exited;
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
