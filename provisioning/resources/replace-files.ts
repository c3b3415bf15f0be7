import { dirname } from 'node:path/posix';
import { quote } from '../../base/quote.ts';
import { shellScript } from '../../base/shell-script.ts';
import type { Query } from './facts.ts';
import type { WantedFile } from './files.ts';
import { PROCESS_FUNCTIONS } from './processes.ts';

const STAGING = shellScript('staging.sh', import.meta.url);

/**
 * Shell that makes root's own folder `$staged` in `folder`, for files on their way, until the shell ends.
 * Needs PROCESS_FUNCTIONS.
 */
export function stagingFolder(folder: string): string {
  return `${STAGING}\nopen_staging ${quote(folder)}`;
}

/** Staging folders in `folder` whose process has ended without removing them, a line each. */
export function abandonedStaging(folder: string): Query {
  return {
    id: `leftovers:${folder}`,
    script: `${PROCESS_FUNCTIONS}\n${STAGING}\nabandoned_staging ${quote(folder)}`,
  };
}

/**
 * Shell that stages files in `folder`, runs `check` with them in `$staged/0`, `$staged/1` and so on, and moves each into
 * place with rename(2) only if that succeeds. A link is replaced, and its target stays. Where one of the files can't be
 * replaced (a folder, chattr +i), none is.
 */
export function replaceFiles(folder: string, files: readonly WantedFile[], check: string): string {
  const stage = files.map(({ owner, group, mode, content }, index) => {
    const encoded = Buffer.from(content, 'utf8')
      .toString('base64')
      .replaceAll(/.{1,100}/g, '$&\n');
    return `stage ${index} ${quote(`${owner}:${group}`)} ${mode} <<'END'\n${encoded}END`;
  });
  const folders = new Set(files.map(({ path }) => dirname(path)));
  return [
    PROCESS_FUNCTIONS,
    'set -e',
    stagingFolder(folder),
    ...stage,
    check,
    ...files.map(({ path }) => `require_replaceable ${quote(path)}`),
    ...files.map(({ path }, index) => `mv -fT "$staged/${index}" ${quote(path)}`),
    `sync ${[...folders].map(quote).join(' ')}`,
  ].join('\n');
}
