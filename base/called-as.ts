import path from 'node:path';
import process from 'node:process';

/** How this program was called, for the commands that messages advise. */
export const CALLED_AS = calledAs(process.argv[1], process.env.PATH, process.env.GITHUB_ACTION_PATH);

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
