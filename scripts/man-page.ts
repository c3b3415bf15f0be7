import type { Command } from 'commander';

/** The manual page mqtt-lab(1) from the texts of `--help`, as roff (man(7)). */
export function manPage(program: Command, exitCodes: string): string {
  const lines = [
    '.TH MQTT-LAB 1 "" mqtt-lab "User Commands"',
    '.SH NAME',
    `mqtt-lab \\- ${escaped('build an MQTT lab from lab.yaml, and verify it')}`,
    '.SH SYNOPSIS',
    '.B mqtt-lab',
    escaped('[--lab FILE] COMMAND [OPTION...]'),
    '.br',
    '.B ./lab',
    escaped('[--lab FILE] COMMAND [OPTION...]'),
    '.SH DESCRIPTION',
    paragraph(program.description()),
    '.P',
    paragraph('In a clone of the repository the program is ./lab, and mqtt-lab in the npm package.'),
    '.SH COMMANDS',
    ...program.commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    ...exitCodes.split('; ').flatMap((text) => {
      const [code = '', ...words] = text
        .replace(/^Exit codes: /, '')
        .replace(/\.$/, '')
        .split(' ');
      return ['.TP', `.B ${code}`, paragraph(words.join(' '))];
    }),
    '.SH FILES',
    '.TP',
    '.I lab.yaml',
    'The lab file. lab.schema.json describes it.',
    '.TP',
    '.I .lab/',
    'Keys, records and reports of the lab, beside the lab file.',
    '.SH SEE ALSO',
    '.BR mosquitto (8),',
    '.BR mosquitto.conf (5),',
    '.BR mqtt (7)',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(command: Command): string[] {
  const help = command.createHelp();
  return [
    `.SS ${escaped(`${command.name()} ${command.usage()}`)}`,
    paragraph(command.description()),
    ...help.visibleArguments(command).flatMap((one) => entry(help.argumentTerm(one), help.argumentDescription(one))),
    ...help.visibleOptions(command).flatMap((one) => entry(help.optionTerm(one), help.optionDescription(one))),
  ];
}

function entry(term: string, text: string): string[] {
  return ['.TP', `.B ${escaped(term)}`, paragraph(text)];
}

/** A full stop or an apostrophe at the beginning of a line would begin a request. */
function paragraph(text: string): string {
  return escaped(text).replaceAll(/^(?=[.'])/gm, '\\&');
}

/** Characters that troff typesets otherwise (groff_char(7)). */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('…', '...')
    .replaceAll(/\s+/g, ' ');
}
