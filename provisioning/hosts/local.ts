import process from 'node:process';
import { $ } from 'zx/core';
import { quote } from '../../base/quote.ts';
import { codeOfSignal } from './exit-code.ts';
import type { Command, Host, Running } from './host.ts';
import { NO_SUDO, WITHOUT_PASSWORD } from './root-access.ts';
import { startOver } from './running.ts';
import { killWords, shellInput, shellWords } from './shell.ts';

/**
 * Not bash, zx's default: with a socket as its standard input and no SHLVL it takes sshd for its parent and reads ~/.bashrc
 * (bash(1), INVOCATION), which may take seconds or wait for ever.
 */
const PLAIN = { shell: '/bin/sh', prefix: '', quote, quiet: true, nothrow: true } as const;

/** This machine, by zx. Root's commands go through `sudo -n` where the user is not root. */
export function localHost(name: string): Host {
  const { words: sudo } = process.getuid?.() === 0 ? NO_SUDO : WITHOUT_PASSWORD;
  return {
    name,
    start: (command) => startLocal(name, command, command.root === true ? sudo : []),
    async [Symbol.asyncDispose]() {},
  };
}

function startLocal(name: string, command: Command, sudo: readonly string[]): Running {
  const words = shellWords(sudo, command);
  const input = shellInput(command.script);
  return startOver(
    name,
    {
      async launch(onStdout, onStderr) {
        const shell = $({ ...PLAIN, stdio: 'pipe', ...(command.keepsInput ? {} : { input }) })`${words}`;
        shell.stdout.setEncoding('utf8').on('data', onStdout);
        shell.stderr.setEncoding('utf8').on('data', onStderr);
        if (command.keepsInput) shell.stdin.write(input);
        return {
          exit: shell.then(({ exitCode, signal }) => exitCode ?? (signal === null ? 1 : codeOfSignal(signal))),
          input: shell.stdin,
        };
      },
      async killGroup(group, signal) {
        await $(PLAIN)`${killWords([group], signal, sudo)}`;
      },
    },
    command,
  );
}
