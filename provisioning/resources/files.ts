import { quote } from '../../base/quote.ts';
import type { Fact, Query } from './facts.ts';

/** A file as the lab wants it; secrets are in `content` only. */
export type WantedFile = {
  readonly path: string;
  readonly owner: string;
  readonly group: string;
  /** Octal without leading zero, such as `600`. */
  readonly mode: string;
  readonly content: string;
  /** Removes the secrets from a line of the file, for the plan; undefined where it has none. */
  readonly mask?: (line: string) => string;
};

export type FoundFile = Omit<WantedFile, 'path' | 'mask'>;

/** No file of the lab's is as long; a longer one differs in any case, so the rest is not read. */
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

/** The file; undefined where it is missing or not a regular file. */
export function foundFile({ code, output }: Fact): FoundFile | undefined {
  const [first = '', ...rest] = output.split('\n');
  const [owner, group, mode] = first.split(' ');
  if (code !== 0 || owner === undefined || group === undefined || mode === undefined) return undefined;
  return { owner, group, mode, content: Buffer.from(rest.join(''), 'base64').toString('utf8') };
}

/** What stands in the file's place and is not a regular file, in stat(1)'s words: `symbolic link`, `directory`, `fifo`. */
export function foundInstead({ code, output }: Fact): string | undefined {
  return code === 2 ? output.trim() : undefined;
}

/** The first thing about the file that differs; undefined when nothing does. */
export function fileDifference(
  found: FoundFile | undefined,
  wanted: WantedFile,
): 'missing' | 'content' | 'owner' | 'mode' | undefined {
  if (found === undefined) return 'missing';
  if (found.content !== wanted.content) return 'content';
  if (found.owner !== wanted.owner || found.group !== wanted.group) return 'owner';
  return found.mode === wanted.mode ? undefined : 'mode';
}
