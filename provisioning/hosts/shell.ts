import type { Command } from './host.ts';

const LAST_LINE = '# the script is complete';

/**
 * Precedes the script. A shell that a start-up file has put in the place of the login shell (`exec zsh` in ~/.bashrc) takes
 * its input for commands, as another user than the script expects: this line ends it before it runs any.
 */
export const OTHER_SHELL = 97;
const FIRST_LINE = `exit ${OTHER_SHELL}`;

/** What the wrapper prints before the output of the script: on standard error first, since a start-up file may join the two. */
const MARKS = {
  stdout: { text: 'mqtt-lab begins: process group', pattern: /mqtt-lab begins: process group (\d+)\n/ },
  stderr: { text: 'mqtt-lab begins: errors of', pattern: /mqtt-lab begins: errors of (\d+)\n/ },
} as const;

/** Prints a mark on standard error with the process group of a shell that leads one. */
export const MARK_ERRORS = `echo "${MARKS.stderr.text} $$" >&2`;

const RUN = `case $script in '${FIRST_LINE}'*'${LAST_LINE}') eval "\${script#${FIRST_LINE}}" ;; *) echo 'the script arrived in part' >&2; exit 1 ;; esac`;

/**
 * Sends a script to a shell. The shell reads all of it before it runs it, so that no command in it (apt, debconf, ssh) can
 * read the rest; the script's own standard input is /dev/null. The shell leads a session and prints its process group, so
 * that ending the group ends everything. It does not run a script that arrived without its first or last line.
 */
const WRAPPER = [MARK_ERRORS, `echo "${MARKS.stdout.text} $$"`, 'script=$(cat)', 'exec </dev/null', RUN].join('; ');

/** The same for a script that keeps its input: `read` takes no byte beyond the line (POSIX, read). */
const WRAPPER_WITH_INPUT = [
  MARK_ERRORS,
  `echo "${MARKS.stdout.text} $$"`,
  "end=$(printf '\\nx')",
  `script=; while IFS= read -r line; do script=$script$line; [ "$line" != '${LAST_LINE}' ] || break; script=$script\${end%x}; done`,
  RUN,
].join('; ');

const PRELUDE = [
  // a bash that the script starts would read ~/.bashrc, as if sshd had started it (bash(1), INVOCATION)
  'unset SSH_CLIENT SSH2_CLIENT',
  'export LC_ALL=C DEBIAN_FRONTEND=noninteractive',
  // first, because npm puts a program named nft before the system's (@vercel/nft)
  'PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH',
  'umask 022',
  '',
].join('\n');

/**
 * The command line, the same for every script, as words.
 * @param sudo words in front that make the command run as root, if any
 */
export function shellWords(
  sudo: readonly string[],
  { keepsInput }: Pick<Command, 'keepsInput'> = {},
): readonly string[] {
  return [...sudo, 'setsid', '-w', 'sh', '-c', keepsInput === true ? WRAPPER_WITH_INPUT : WRAPPER];
}

/**
 * The command line that sends a signal to process groups. It uses the shell's own `kill`, since a minimal Debian has no
 * other, and continues a stopped process, so that it receives the signal.
 */
export function killWords(groups: readonly number[], signal: string, sudo: readonly string[]): readonly string[] {
  const targets = groups.map((group) => `-${group}`).join(' ');
  return [...sudo, 'sh', '-c', `kill -s ${signal} -- ${targets}; kill -s CONT -- ${targets}`];
}

export function shellInput(script: string): string {
  return `${FIRST_LINE}\n${PRELUDE}${script}\n${LAST_LINE}\n`;
}

/** A start-up file prints little, and one that prints for ever must not fill the memory. */
const MOST_BEFORE = 20_000;

export type BeginReader = {
  push(chunk: string): void;
  hasBegun(): boolean;
  /** Everything before the mark: all that came where there was none. */
  before(): string;
};

/**
 * Passes on what follows the wrapper's mark in one of its streams. Start-up files of the login shell, sshrc and sudo print
 * before it.
 */
export function beginReader(
  stream: keyof typeof MARKS,
  onBegin: (group: number) => void,
  onRest: (text: string) => void,
): BeginReader {
  const { pattern } = MARKS[stream];
  let before = '';
  let hasBegun = false;
  return {
    push(chunk) {
      if (hasBegun) return onRest(chunk);
      before += chunk;
      const mark = pattern.exec(before);
      if (mark === null) {
        before = before.slice(-MOST_BEFORE);
        return;
      }
      hasBegun = true;
      const rest = before.slice(mark.index + mark[0].length);
      before = before.slice(0, mark.index);
      onBegin(Number(mark[1]));
      if (rest !== '') onRest(rest);
    },
    hasBegun: () => hasBegun,
    before: () => before,
  };
}

/** Cuts a stream of chunks into lines; call `end` for a last line without a line end. */
export function lineReader(onLine: (line: string) => void): { push(chunk: string): void; end(): void } {
  let pending = '';
  return {
    push(chunk) {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    },
    end() {
      if (pending !== '') onLine(pending);
      pending = '';
    },
  };
}
