import { shellScript } from '../base/shell-script.ts';
import { PATHS } from './paths.ts';

/** The shell function `stop_broker`, which ends the broker of Debian's package. Needs PROCESS_FUNCTIONS. */
export const STOP_BROKER = shellScript('stop-broker.sh', import.meta.url, PATHS);
