import process from 'node:process';
import { Argument, Command } from 'commander';
import { PROGRAM } from '../base/called-as.ts';
import type { LabCommand } from './command.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { wordsOf } from './completion/words.ts';
import { zshScript } from './completion/zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
type Shell = keyof typeof SCRIPTS;

const USE = `
bash: source <(${PROGRAM} completion bash)
zsh:  source <(${PROGRAM} completion zsh), after compinit
fish: ${PROGRAM} completion fish > ~/.config/fish/conf.d/mqtt-lab.fish`;

/** `./lab completion`: a shell's script that completes commands and options. */
export function completion(): LabCommand {
  const command = new Command('completion')
    .description('Print a script with which a shell completes the commands and their options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', USE);
  return {
    command,
    logsIn: false,
    async run() {
      const [shell] = command.args;
      if (command.parent === null || !isShell(shell)) return 2;
      process.stdout.write(SCRIPTS[shell](wordsOf(command.parent)));
      return 0;
    },
  };
}

function isShell(name: string | undefined): name is Shell {
  return name !== undefined && name in SCRIPTS;
}
