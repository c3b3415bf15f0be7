import type { Command, Option } from 'commander';

/** What a shell completes after the name of a command. */
export type CommandWords = {
  readonly name: string;
  /** In one sentence. */
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** Words that its first argument may be; empty for any. */
  readonly choices: readonly string[];
};

export type OptionWords = {
  /** Such as `--only`. */
  readonly flag: string;
  readonly summary: string;
  readonly value: OptionValue;
};
export type OptionValue =
  | { readonly kind: 'none' | 'file' }
  /** `name` as the help has it; `choices` is empty where any word is allowed. */
  | { readonly kind: 'word'; readonly name: string; readonly choices: readonly string[] };

/** The program of the npm package, and that of a clone. */
export const PROGRAMS = ['mqtt-lab', 'lab'] as const;

/** Options in front of the command's name, and the commands. */
export type ProgramWords = { readonly options: readonly OptionWords[]; readonly commands: readonly CommandWords[] };

export function wordsOf(program: Command): ProgramWords {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: sentence(command.description()),
    options: optionsOf(command),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
  return { options: optionsOf(program), commands };
}

function optionsOf(command: Command): OptionWords[] {
  const help = { flag: '--help', summary: 'show the help of the command', value: { kind: 'none' } } as const;
  return [...command.options.flatMap((option) => optionWords(option) ?? []), help];
}

function optionWords(option: Option): OptionWords | undefined {
  const { long, description, flags, argChoices = [] } = option;
  if (long === undefined || long === null) return undefined;
  const [, name] = /[<[]([a-z]+)/.exec(flags) ?? [];
  const value: OptionValue =
    name === undefined
      ? { kind: 'none' }
      : name === 'file'
        ? { kind: 'file' }
        : { kind: 'word', name, choices: argChoices };
  return { flag: long, summary: sentence(description), value };
}

/** A shell shows a line for each word. */
function sentence(text: string): string {
  const [first = ''] = text.split(/(?<=\.) |; | \(default/);
  return first.replace(/\.$/, '');
}
