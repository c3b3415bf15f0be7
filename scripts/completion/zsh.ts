import { type CommandWords, type OptionWords, PROGRAMS, type ProgramWords } from './words.ts';

/** A script for zsh(1): sourced, or as the file `_mqtt-lab` in a folder of `fpath` (zshcompsys(1)). */
export function zshScript({ options, commands }: ProgramWords): string {
  const lines = [
    `#compdef ${PROGRAMS.join(' ')}`,
    '# completion of mqtt-lab; in ~/.zshrc, after compinit: source <(mqtt-lab completion zsh)',
    '_mqtt_lab() {',
    '  local curcontext=$curcontext state line',
    '  local -a commands',
    '  typeset -A opt_args',
    '  commands=(',
    ...commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`),
    '  )',
    `  _arguments -C ${options.map(specification).join(' ')} '1: :->command' '*:: :->rest'`,
    '  case $state in',
    "    command) _describe -t commands 'command' commands ;;",
    '    rest)',
    '      case $line[1] in',
    ...commands.map((command) => `        ${command.name}) _arguments ${argumentsOf(command)} ;;`),
    '      esac ;;',
    '  esac',
    '}',
    `if [ "$funcstack[1]" = _mqtt-lab ]; then _mqtt_lab "$@"; else compdef _mqtt_lab ${PROGRAMS.join(' ')}; fi`,
  ];
  return `${lines.join('\n')}\n`;
}

function argumentsOf({ options, choices }: CommandWords): string {
  const first = choices.length > 0 ? `'1: :(${choices.join(' ')})'` : "'*: :_files'";
  return [...options.map(specification), first].join(' ');
}

/** `--only[only this host]:host: `: what `_arguments` takes, with its own characters escaped. */
function specification({ flag, summary, value }: OptionWords): string {
  const text = summary.replaceAll(/[[\]:\\]/g, '\\$&');
  const action = { none: '', file: ':file:_files' };
  if (value.kind !== 'word') return quoted(`${flag}[${text}]${action[value.kind]}`);
  const choices = value.choices.length > 0 ? `(${value.choices.join(' ')})` : ' ';
  return quoted(`${flag}[${text}]:${value.name}:${choices}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
