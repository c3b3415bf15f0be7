import { type OptionWords, PROGRAMS, type ProgramWords } from './words.ts';

/** A script for fish(1), for ~/.config/fish/conf.d/mqtt-lab.fish. */
export function fishScript(words: ProgramWords): string {
  const lines = PROGRAMS.flatMap((program) => linesFor(program, words));
  return `# completion of mqtt-lab\n${lines.join('\n')}\n`;
}

function linesFor(program: string, { options, commands }: ProgramWords): string[] {
  const complete = (condition: string, rest: string) => `complete -c ${program} -n ${quoted(condition)} ${rest}`;
  const names = commands.map(({ name }) => name).join(' ');
  const isFirst = `not __fish_seen_subcommand_from ${names}`;
  return [
    complete(isFirst, '-f'),
    ...options.map((option) => complete(isFirst, optionText(option))),
    ...commands.flatMap(({ name, summary, options: own, choices }) => [
      complete(isFirst, `-a ${name} -d ${quoted(summary)}`),
      ...(choices.length === 0 ? [] : [complete(seen(name), `-f -a ${quoted(choices.join(' '))}`)]),
      ...own.map((option) => complete(seen(name), optionText(option))),
    ]),
  ];
}

const seen = (name: string) => `__fish_seen_subcommand_from ${name}`;

function optionText({ flag, summary, value }: OptionWords): string {
  const described = `-l ${flag.replace(/^--/, '')} -d ${quoted(summary)}`;
  if (value.kind !== 'word') return value.kind === 'none' ? described : `${described} -r -F`;
  return value.choices.length === 0 ? `${described} -x` : `${described} -x -a ${quoted(value.choices.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
