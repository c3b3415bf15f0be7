import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../base/errors.ts';
import { PROJECT } from './child.ts';

const TAKES_VALUE = ['--match', '-m', '--timeout', '-T', '--concurrency', '-c'];

export type TestArguments = {
  /** Test files and folders, relative to the project. */
  readonly sources: readonly string[];
  /** For AVA. */
  readonly options: readonly string[];
};

/** Reads `FILE… --match TITLE`. Throws an InputError for a file that does not exist or is not below tests/. */
export function readArguments(args: readonly string[]): TestArguments {
  const isSource = (word: string, index: number) =>
    !word.startsWith('-') && !TAKES_VALUE.includes(args[index - 1] ?? '');
  const sources = args.filter(isSource).map((word) => path.relative(PROJECT, path.resolve(PROJECT, word)));
  const mistakes = sources.flatMap((source) => {
    if (!existsSync(path.join(PROJECT, source))) return [`${source}: no such test file or folder`];
    return source.startsWith('tests/') ? [] : [`${source}: not below tests/`];
  });
  if (mistakes.length > 0) throw new InputError(mistakes);
  return { sources, options: args.filter((word, index) => !isSource(word, index)) };
}
