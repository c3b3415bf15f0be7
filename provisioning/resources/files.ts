import { dirname } from 'node:path/posix';
import { quote } from '../hosts/shell.ts';
import type { Answer, Query } from './facts.ts';

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

export function fileQuery(path: string): Query {
  const word = quote(path);
  return {
    id: `file:${path}`,
    script: `[ -f ${word} ] && [ ! -L ${word} ] && stat -c '%U %G %a' ${word} && base64 ${word}`,
  };
}

/** What the file is; undefined when there is none, or something that is not a regular file. */
export function foundFile({ code, output }: Answer): FoundFile | undefined {
  const [first = '', ...rest] = output.split('\n');
  const [owner, group, mode] = first.split(' ');
  if (code !== 0 || owner === undefined || group === undefined || mode === undefined) return undefined;
  return { owner, group, mode, content: Buffer.from(rest.join(''), 'base64').toString('utf8') };
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

/**
 * Shell that writes files beside their places (in `folder`, readable by their owner only), runs `check` with the folder in `$staged`, and
 * only if that succeeds moves each into place with rename(2): nobody ever sees half a file or a secret with a wrong mode.
 */
export function replaceFiles(folder: string, files: readonly WantedFile[], check: string): string {
  const stage = files.map(({ owner, group, mode, content }, index) => {
    const staged = `"$staged/${index}"`;
    const encoded = Buffer.from(content, 'utf8')
      .toString('base64')
      .replaceAll(/.{1,100}/g, '$&\n');
    const ownership = quote(`${owner}:${group}`);
    return `base64 -d >${staged} <<'END'\n${encoded}END\nchown ${ownership} ${staged}\nchmod ${mode} ${staged}\nsync ${staged}`;
  });
  const folders = new Set(files.map(({ path }) => dirname(path)));
  const place = files.map(({ path }, index) => `mv -f "$staged/${index}" ${quote(path)}`);
  return [
    'set -e',
    'umask 077',
    `staged=$(mktemp -d ${quote(`${folder}/.lab-staged.XXXXXX`)})`,
    `trap 'rm -rf "$staged"' EXIT`,
    `trap 'exit 130' INT TERM HUP`,
    ...stage,
    check,
    ...place,
    `sync ${[...folders].map(quote).join(' ')}`,
  ].join('\n');
}
