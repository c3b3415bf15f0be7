const LAST_LINE = '# the script is complete';

/**
 * How a script reaches a shell, the same on every host: the script is read from standard input in full before it runs, so that
 * nothing in it (apt, debconf, ssh) can swallow the rest; its own standard input is /dev/null. The shell leads a session of its own,
 * so that ending the process group ends whatever the script started, and tells that group's number on its first line. A script whose last line did not
 * arrive, as when this process is killed while it sends one, does not run: `mv a /etc/b` without its end is another command.
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
 * @param sudo words that make root of the user, where that is wanted and needed
 */
export function shellWords(sudo: readonly string[]): readonly string[] {
  return [...sudo, 'setsid', '-w', 'sh', '-c', WRAPPER];
}

/**
 * The command line that sends a signal to a process group; `kill` is the shell's own, since a minimal Debian has no other. A process that was
 * stopped goes on, so that it gets the signal.
 */
export function killWords(group: number, signal: string, sudo: readonly string[]): readonly string[] {
  return [...sudo, 'sh', '-c', `kill -s ${signal} -- -${group}; kill -s CONT -- -${group}`];
}

export function shellInput(script: string): string {
  return `${PRELUDE}${script}\n${LAST_LINE}\n`;
}

/** Takes the first line (`GROUP n`) off a command's standard output and hands the rest on. */
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
