const LAST_LINE = '# the script is complete';

/**
 * Sends a script to a shell. The shell reads all of it before it runs it, so that no command in it (apt, debconf, ssh) can
 * read the rest; the script's own standard input is /dev/null. The shell leads a session and prints its process group, so
 * that ending the group ends everything. It does not run a script that arrived without its last line.
 */
const WRAPPER = `echo "GROUP $$"; script=$(cat); exec </dev/null; case $script in *'${LAST_LINE}') eval "$script" ;; *) exit 1 ;; esac`;

const PRELUDE = [
  'export LC_ALL=C DEBIAN_FRONTEND=noninteractive',
  'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin',
  'umask 022',
  '',
].join('\n');

/**
 * The command line, the same for every script, as words.
 * @param sudo words in front that make the command run as root, if any
 */
export function shellWords(sudo: readonly string[]): readonly string[] {
  return [...sudo, 'setsid', '-w', 'sh', '-c', WRAPPER];
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
  return `${PRELUDE}${script}\n${LAST_LINE}\n`;
}

/** Removes the first line (`GROUP n`) from a command's standard output and passes on the rest. */
export function groupReader(onGroup: (group: number) => void, onRest: (text: string) => void): (chunk: string) => void {
  let pending: string | undefined = '';
  return (chunk) => {
    if (pending === undefined) return onRest(chunk);
    pending += chunk;
    const end = pending.indexOf('\n');
    if (end < 0) return;
    const match = /^GROUP (\d+)$/.exec(pending.slice(0, end));
    const rest = match === null ? pending : pending.slice(end + 1);
    pending = undefined;
    if (match?.[1] !== undefined) onGroup(Number(match[1]));
    if (rest !== '') onRest(rest);
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
