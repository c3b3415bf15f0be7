import type { Client } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import { quote } from '../../base/quote.ts';
import { waitAtMost } from '../../base/wait-at-most.ts';
import { type SshAddress, sshText } from '../../lab-file/ssh-address.ts';
import { rootStarter } from './as-root.ts';
import { type Connections, openConnections } from './connections.ts';
import { groupKiller } from './group-killer.ts';
import type { Command, Host, Result } from './host.ts';
import { requireBegun } from './login-shell.ts';
import { NO_SUDO, type Sudo } from './root-access.ts';
import { startOver, type Transport } from './running.ts';
import type { Purpose } from './session-pool.ts';
import { killWords, shellInput, shellWords } from './shell.ts';

/** How long closing waits for signals that are under way, on a host that is slow to open a session. */
const ENDING_MS = 3_000;

export type SshHost = Host & { readonly client: Client };

/** Connects to a host over SSH. Throws a LabError with exit code 2 that says why it could not. */
export async function sshHost(name: string, address: SshAddress, signal?: AbortSignal): Promise<SshHost> {
  const connections = await openConnections(name, address, signal);
  const { client, user, passwordKey } = connections;
  const short = (purpose: Purpose) => (words: readonly string[], input: string) =>
    shortCommand(name, connections, { words, input, purpose });
  const [run, end] = [short('run'), short('end')];
  const ending = new Set<Promise<unknown>>();
  const killers = new Map<Sudo, Transport['killGroup']>();
  const killerFor = (sudo: Sudo) => {
    const send = async (groups: readonly number[], signal: string) => {
      const sent = end(killWords(groups, signal, sudo.words), sudo.input);
      ending.add(sent);
      await sent.finally(() => ending.delete(sent));
    };
    const killer = killers.get(sudo) ?? groupKiller(send);
    killers.set(sudo, killer);
    return killer;
  };
  const login = sshText({ ...address, user });
  const start = (command: Command, sudo: Sudo) => {
    const launch = launcher(name, connections, command, sudo);
    const running = startOver(name, { launch, killGroup: killerFor(sudo) }, command);
    return requireBegun(running, { host: name, login, step: command.step });
  };
  const startAsRoot =
    user === 'root' ? undefined : rootStarter({ name, user, passwordKey, password: address.password, run }, start);
  return {
    name,
    client,
    start: (command) =>
      command.root === true && startAsRoot !== undefined ? startAsRoot(command) : start(command, NO_SUDO),
    async [Symbol.asyncDispose]() {
      // a signal that is not sent yet would leave its processes on the host
      await waitAtMost(ENDING_MS, Promise.allSettled(ending));
      connections.close();
    },
  };
}

function launcher(name: string, { execute }: Connections, command: Command, sudo: Sudo): Transport['launch'] {
  return async (onStdout, onStderr, signal) => {
    const { stream, exited } = await execute(shellWords(sudo.words, command).map(quote).join(' '), { signal });
    const exit = exited.then((code) => {
      if (code === undefined) throw new LabError(lostTrouble(name, command.step), 'could-not-run');
      return code;
    });
    stream.setEncoding('utf8').on('data', onStdout);
    stream.stderr.setEncoding('utf8').on('data', onStderr);
    const input = `${sudo.input}${shellInput(command.script)}`;
    if (command.keepsInput) stream.write(input);
    else stream.end(input);
    return { exit, input: stream };
  };
}

type ShortCommand = { readonly words: readonly string[]; readonly input: string; readonly purpose: Purpose };

/** Runs a command of few words with this input, and gives its output. */
async function shortCommand(
  name: string,
  { execute }: Connections,
  { words, input, purpose }: ShortCommand,
): Promise<Result> {
  const { stream, exited } = await execute(words.map(quote).join(' '), { purpose });
  const output = { stdout: '', stderr: '' };
  stream.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  stream.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  stream.end(input);
  const code = await exited;
  if (code === undefined) throw new LabError(lostTrouble(name, words[0] ?? ''), 'could-not-run');
  return { code, ...output };
}

function lostTrouble(subject: string, step: string) {
  return {
    subject,
    step,
    happened: 'the host ended the command without an exit code',
    advice: 'check that the host is still up, then run the command again',
  };
}
