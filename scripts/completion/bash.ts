import { type OptionValue, type OptionWords, PROGRAMS, type ProgramWords } from './words.ts';

/** A script for bash(1), which `source` takes. bash completes file names where the script offers no word. */
export function bashScript({ options, commands }: ProgramWords): string {
  const names = commands.map(({ name }) => name);
  const all = [...options, ...commands.flatMap((command) => command.options)];
  const flags = (some: readonly OptionWords[]) => some.map(({ flag }) => flag);
  const lines = [
    '# completion of mqtt-lab; in ~/.bashrc: source <(mqtt-lab completion bash)',
    '_mqtt_lab() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} i',
    "  local command='' words=''",
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    case ${COMP_WORDS[i]} in',
    '      --lab) ((i++)) ;;',
    '      -*) ;;',
    '      *) command=${COMP_WORDS[i]}; break ;;',
    '    esac',
    '  done',
    '  COMPREPLY=()',
    '  case $previous in',
    ...choiceCases(all),
    `    ${withValue(all).join(' | ')}) return ;;`,
    '  esac',
    '  case $command in',
    `    '') words='${[...names, ...flags(options)].join(' ')}' ;;`,
    ...commands.map(
      ({ name, options: own, choices }) => `    ${name}) words='${[...choices, ...flags(own)].join(' ')}' ;;`,
    ),
    '  esac',
    '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")',
    '}',
    `complete -o default -F _mqtt_lab ${PROGRAMS.join(' ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** No word of the command follows an option with a value of its own. */
function withValue(options: readonly OptionWords[]): string[] {
  const flags = options.flatMap(({ flag, value }) =>
    value.kind === 'none' || choicesOf(value).length > 0 ? [] : [flag],
  );
  return [...new Set(flags)];
}

function choiceCases(options: readonly OptionWords[]): string[] {
  const lines = options.flatMap(({ flag, value }) => {
    const choices = choicesOf(value).join(' ');
    return choices === ''
      ? []
      : [`    ${flag}) mapfile -t COMPREPLY < <(compgen -W '${choices}' -- "$word"); return ;;`];
  });
  return [...new Set(lines)];
}

const choicesOf = (value: OptionValue): readonly string[] => (value.kind === 'word' ? value.choices : []);
