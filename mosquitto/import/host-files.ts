import { quote } from '../../base/quote.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import type { SourceFile } from './note.ts';

/** The files of a broker host. */
export type HostFiles = {
  /** Undefined: there is no such file. */
  file(path: string): Promise<string | undefined>;
  /** The `*.conf` files of a folder, in the order in which Mosquitto reads them. */
  folder(path: string): Promise<readonly SourceFile[]>;
};

const TIMEOUT_MS = 60_000;
const READ = 'read the configuration of Mosquitto';

/** Reads files as root, and follows links as Mosquitto does. */
export function hostFiles(host: Host, signal?: AbortSignal): HostFiles {
  const output = async (script: string) => {
    return (await run(host, { step: READ, script, root: true, timeoutMs: TIMEOUT_MS, signal })).stdout;
  };
  return {
    async file(path) {
      const word = quote(path);
      const [found, ...rest] = (await output(`if [ -f ${word} ]; then echo found; base64 <${word}; fi`)).split('\n');
      return found === 'found' ? textOf(rest.join('')) : undefined;
    },
    async folder(path) {
      const word = quote(path);
      const each = `[ -f "$file" ] || continue; printf %s "$file" | base64 -w 0; echo; base64 -w 0 <"$file"; echo`;
      const words = await output(`for file in ${word}/*.conf ${word}/.*.conf; do ${each}; done`);
      const lines = words.split('\n').map(textOf);
      const files = lines.flatMap((file, at) =>
        at % 2 === 0 && file !== '' ? [{ path: file, text: lines[at + 1] ?? '' }] : [],
      );
      return files.toSorted((one, other) => inOrder(one.path, other.path));
    },
  };
}

/** As Mosquitto sorts an include_dir: without regard to case, then by case (misc_mosq.c, scmp_p). */
export function inOrder(one: string, other: string): number {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const [left = '', right = ''] = [one[at], other[at]];
    if (left !== right) return code(left.toUpperCase()) - code(right.toUpperCase()) || code(left) - code(right);
  }
  return one.length - other.length;
}

function code(character: string): number {
  return character.charCodeAt(0);
}

function textOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
