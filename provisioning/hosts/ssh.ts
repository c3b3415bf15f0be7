import type { Client } from 'ssh2';
import { deferred } from '../../base/deferred.ts';
import { LabError } from '../../base/errors.ts';
import { quote } from '../../base/quote.ts';
import { type SshAddress, sshText } from '../../lab-file/ssh-address.ts';
import { rootStarter } from './as-root.ts';
import { execute } from './channel.ts';
import { groupKiller } from './group-killer.ts';
import type { Command, Host, Result } from './host.ts';
import { NO_SUDO, type Sudo } from './root-access.ts';
import { startOver, type Transport } from './running.ts';
import { killWords, shellInput, shellWords } from './shell.ts';
import { logIn } from './ssh-login.ts';

export type SshHost = Host & { readonly client: Client };

/** A host's connection; `died` rejects when it ends. */
type Connection = {
  readonly name: string;
  readonly client: Client;
  readonly died: Promise<never>;
  readonly killerFor: (sudo: Sudo) => Transport['killGroup'];
};

/** Connects to a host over SSH. Throws a LabError with exit code 2 that says why it could not. */
export async function sshHost(name: string, address: SshAddress, signal?: AbortSignal): Promise<SshHost> {
  const { client, user, passwordKey } = await logIn(name, address, signal);
  const died = deferred<never>();
  const lost = { subject: name, step: `ssh ${sshText({ ...address, user })}`, happened: 'the connection ended' };
  client.on('close', () => died.reject(new LabError({ ...lost, advice: 'run the command again' }, 'could-not-run')));
  const killers = new Map<Sudo, Transport['killGroup']>();
  const connection: Connection = {
    ...{ name, client, died: died.promise },
    killerFor(sudo) {
      const killer =
        killers.get(sudo) ??
        groupKiller(async (groups, signal) => {
          await shortCommand(connection, killWords(groups, signal, sudo.words), sudo.input);
        });
      killers.set(sudo, killer);
      return killer;
    },
  };
  const start = (command: Command, sudo: Sudo, onBegin?: () => void) =>
    startOver(name, transport(connection, sudo, command, onBegin), command);
  const run = (words: readonly string[], input: string) => shortCommand(connection, words, input);
  const startAsRoot =
    user === 'root' ? undefined : rootStarter({ name, user, passwordKey, password: address.password, run }, start);
  return {
    name,
    client,
    start: (command) =>
      command.root === true && startAsRoot !== undefined ? startAsRoot(command) : start(command, NO_SUDO),
    async [Symbol.asyncDispose]() {
      client.end();
    },
  };
}

function transport(connection: Connection, sudo: Sudo, command: Command, onBegin?: () => void): Transport {
  const { name, client, died } = connection;
  return {
    async launch(onStdout, onStderr) {
      const line = shellWords(sudo.words).map(quote).join(' ');
      const { stream, exited } = await Promise.race([execute(client, line), died]);
      const exit = exited.then((code) => {
        if (code === undefined) throw new LabError(lostTrouble(name, command.step), 'could-not-run');
        return code;
      });
      stream.setEncoding('utf8').on('data', (text: string) => {
        onBegin?.();
        onStdout(text);
      });
      stream.stderr.setEncoding('utf8').on('data', onStderr);
      stream.end(`${sudo.input}${shellInput(command.script)}`);
      return { exit: Promise.race([exit, died]) };
    },
    killGroup: connection.killerFor(sudo),
  };
}

/** Runs a command of few words with this input, and gives its output. */
async function shortCommand(
  { name, client, died }: Connection,
  words: readonly string[],
  input: string,
): Promise<Result> {
  const { stream, exited } = await Promise.race([execute(client, words.map(quote).join(' ')), died]);
  const output = { stdout: '', stderr: '' };
  stream.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  stream.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  stream.end(input);
  const code = await Promise.race([exited, died]);
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
