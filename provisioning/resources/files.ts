import { dirname } from 'node:path/posix';
import { quote } from '../../base/quote.ts';
import type { Fact, Query } from './facts.ts';
import { PROCESS_FUNCTIONS } from './processes.ts';

/** A file as it is wanted; secrets are in `content` only. */
export type WantedFile = {
  readonly path: string;
  readonly owner: string;
  readonly group: string;
  /** Octal without leading zero, such as `600`. */
  readonly mode: string;
  readonly content: string;
  /** Takes the secrets out of a line of the file, for the plan; undefined where it has none. */
  readonly mask?: (line: string) => string;
};

export type FoundFile = Omit<WantedFile, 'path' | 'mask'>;

/** No file of the lab's is as long; of what somebody has put in its place no more is read, and it is different either way. */
const MOST_BYTES = 4_000_000;

/** Exit code 0: a file; 2: something that is not a regular file, and what. */
export function fileQuery(path: string): Query {
  const word = quote(path);
  const script = [
    `[ -e ${word} ] || [ -L ${word} ] || exit 1`,
    `if [ -L ${word} ] || [ ! -f ${word} ]; then stat -c %F ${word}; exit 2; fi`,
    `found=$(stat -c '%U %G %a %s' ${word}) || exit 1`,
    `echo "\${found% *}"`,
    `if [ "\${found##* }" -gt ${MOST_BYTES} ]; then head -c ${MOST_BYTES} ${word} | base64; else base64 ${word}; fi`,
  ];
  return { id: `file:${path}`, script: script.join('\n') };
}

/** What the file is; undefined when there is none, or something that is not a regular file. */
export function foundFile({ code, output }: Fact): FoundFile | undefined {
  const [first = '', ...rest] = output.split('\n');
  const [owner, group, mode] = first.split(' ');
  if (code !== 0 || owner === undefined || group === undefined || mode === undefined) return undefined;
  return { owner, group, mode, content: Buffer.from(rest.join(''), 'base64').toString('utf8') };
}

/** What is in the file's place that is not a regular file, in stat(1)'s words: `symbolic link`, `directory`, `fifo`. */
export function foundInstead({ code, output }: Fact): string | undefined {
  return code === 2 ? output.trim() : undefined;
}

/** What about the file is not as wanted, in a word; undefined when all is. */
export function fileDifference(
  found: FoundFile | undefined,
  wanted: WantedFile,
): 'missing' | 'content' | 'owner' | 'mode' | undefined {
  if (found === undefined) return 'missing';
  if (found.content !== wanted.content) return 'content';
  if (found.owner !== wanted.owner || found.group !== wanted.group) return 'owner';
  return found.mode === wanted.mode ? undefined : 'mode';
}

const STAGED = '.lab-staged.';

/**
 * Shell that makes a folder of root's own for files on their way into `folder`, by the name `$staged`, and removes it when the shell ends. Its name has
 * the process and its start, so that one whose process was killed can be told. Needs PROCESS_FUNCTIONS.
 */
export function stagingFolder(folder: string): string {
  return [
    'umask 077',
    `staged=$(mktemp -d ${quote(folder)}/${STAGED}$$-"$(started_at $$)".XXXXXX)`,
    `trap 'rm -rf "$staged"' EXIT`,
    `trap 'exit 130' INT TERM HUP`,
  ].join('\n');
}

/** Staging folders below `folder` whose process has ended without removing them, a line each. */
export function leftoversQuery(folder: string): Query {
  return {
    id: `leftovers:${folder}`,
    script: `${PROCESS_FUNCTIONS}
for staged in ${quote(folder)}/${STAGED}*; do
  [ -d "$staged" ] || continue
  process=\${staged##*/${STAGED}}; process=\${process%%.*}
  [ -n "\${process%%-*}" ] && [ "$(started_at "\${process%%-*}")" = "\${process#*-}" ] || printf '%s\\n' "$staged"
done`,
  };
}

/**
 * Shell that writes files beside their places (in `folder`, readable by their owner only), runs `check` with the folder in `$staged`, and
 * only if that succeeds moves each into place with rename(2): nobody ever sees half a file or a secret with a wrong mode. A link that is in the place is
 * replaced, and what it points to stays. Where one of the files can't be replaced (a folder, chattr +i), none is.
 */
export function replaceFiles(folder: string, files: readonly WantedFile[], check: string): string {
  const stage = files.map(({ owner, group, mode, content }, index) => {
    const staged = `"$staged/${index}"`;
    const encoded = Buffer.from(content, 'utf8')
      .toString('base64')
      .replaceAll(/.{1,100}/g, '$&\n');
    const ownership = quote(`${owner}:${group}`);
    // owner and mode first: there is no content yet that anybody could read
    return `: >${staged}\nchown ${ownership} ${staged}\nchmod ${mode} ${staged}\nbase64 -d >${staged} <<'END'\n${encoded}END\nsync ${staged}`;
  });
  const folders = new Set(files.map(({ path }) => dirname(path)));
  const place = files.map(({ path }, index) => `mv -fT "$staged/${index}" ${quote(path)}`);
  return [
    PROCESS_FUNCTIONS,
    REPLACEABLE,
    'set -e',
    stagingFolder(folder),
    ...stage,
    check,
    ...files.map(({ path }) => `replaceable ${quote(path)}`),
    ...place,
    `sync ${[...folders].map(quote).join(' ')}`,
  ].join('\n');
}

/** A mode that is set again changes nothing and fails where the file can't be replaced: chattr(1) +i, a file system that is read-only. */
const REPLACEABLE = `
replaceable() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then echo "$1 is a folder; move it away" >&2; exit 1; fi
  if [ -f "$1" ] && [ ! -L "$1" ] && ! chmod "$(stat -c %a "$1")" "$1"; then
    echo "$1 can't be replaced; if lsattr shows i or a, take it away: chattr -ia $1" >&2
    exit 1
  fi
}`;
