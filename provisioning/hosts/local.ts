import process from 'node:process';
import { $ } from 'zx/core';
import type { Command, Host, Running } from './host.ts';
import { startOver } from './running.ts';
import { killWords, shellInput, shellWords } from './shell.ts';

/** This machine, by zx. Root steps go through `sudo -n` where the user is not root. */
export function localHost(name: string): Host {
  const isRoot = process.getuid?.() === 0;
  return {
    name,
    start: (command) => startLocal(name, isRoot, command),
    async [Symbol.asyncDispose]() {},
  };
}

function startLocal(name: string, isRoot: boolean, command: Command): Running {
  const root = command.root === true;
  const words = shellWords(root, isRoot);
  return startOver(
    name,
    {
      async launch(onStdout, onStderr) {
        const shell = $({ input: shellInput(command.script), quiet: true, nothrow: true, stdio: 'pipe' })`${words}`;
        shell.stdout.setEncoding('utf8').on('data', onStdout);
        shell.stderr.setEncoding('utf8').on('data', onStderr);
        return { exit: shell.then(({ exitCode, signal }) => exitCode ?? (signal === null ? 1 : 128)) };
      },
      async killGroup(group, signal) {
        await $({ quiet: true, nothrow: true })`${killWords(group, signal, root, isRoot)}`;
      },
    },
    command,
  );
}
