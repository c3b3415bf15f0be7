import path from 'node:path';
import process from 'node:process';
import { quote } from './quote.ts';

/** How this program was called. */
export const PROGRAM = calledAs(process.argv[1], process.env.PATH, process.env.GITHUB_ACTION_PATH);

/** The same with this run's lab file, for the commands that messages advise. */
export const CALLED_AS = `${PROGRAM}${labOption(process.argv.slice(2))}`;

/**
 * `./lab` in a clone; the package's program is `mqtt-lab` where the shell finds it, otherwise `npx mqtt-lab`, which is also what
 * readers of the GitHub action have.
 */
export function calledAs(script = '', searchPath = '', actionPath = ''): string {
  const { dir, name } = path.parse(script);
  if (actionPath !== '' && path.relative(actionPath, dir) === '') return 'npx mqtt-lab';
  if (name !== 'mqtt-lab') return './lab';
  // npm puts node_modules/.bin on the path of its own children alone
  const isFound = path.basename(dir) !== '.bin' && searchPath.split(path.delimiter).includes(dir);
  return isFound ? 'mqtt-lab' : 'npx mqtt-lab';
}

const DEFAULT = 'lab.yaml';

/** Pure. ` --lab FILE` where the arguments of a command name another lab file than the default one. */
export function labOption(args: readonly string[]): string {
  const at = args.findIndex((arg) => arg === '--lab' || arg.startsWith('--lab='));
  const file = args[at]?.startsWith('--lab=') ? args[at].slice('--lab='.length) : args[at + 1];
  return at < 0 || file === undefined || file === DEFAULT ? '' : ` --lab ${quote(file)}`;
}
