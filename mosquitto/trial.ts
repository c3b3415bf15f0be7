import { shellScript } from '../base/shell-script.ts';
import { PATHS } from './paths.ts';

/**
 * Shell that tries the staged files with the real broker, so that a mistake shows before the broker restarts. mosquitto
 * has no dry run before 2.1, and 2.1's overwrites the live database (eclipse/mosquitto issue 3712).
 * Needs `$staged` and PROCESS_FUNCTIONS.
 * @param files the real paths of the staged files, lab.conf first
 */
export function trial(files: readonly string[]): string {
  return shellScript('trial.sh', import.meta.url, { ...PATHS, staged_files: files });
}

/** The shell function `end_trial FOLDER`: ends the broker of an interrupted trial. Needs PROCESS_FUNCTIONS. */
export const END_TRIAL = `end_trial() { for pid in $(pids_of mosquitto "$1/trial/mosquitto.conf"); do kill -9 "$pid"; done; }`;
