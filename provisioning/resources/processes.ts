import { shellScript } from '../../base/shell-script.ts';

/** Shell functions for questions about processes and ports. */
export const PROCESS_FUNCTIONS = shellScript('processes.sh', import.meta.url);
