import { shellScript } from '../base/shell-script.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { PATHS } from './paths.ts';

/**
 * Shell functions about what the running broker has loaded. `LOADED` names the process, its start and the digests of
 * users and rights; `LOADED_FILES` has the files, for a broker that has to go back to them.
 */
export const LOADED_FUNCTIONS = `${PROCESS_FUNCTIONS}\n${shellScript('loaded.sh', import.meta.url, PATHS)}`;
