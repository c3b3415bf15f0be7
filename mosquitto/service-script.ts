import { shellScript } from '../base/shell-script.ts';
import { stagingFolder } from '../provisioning/resources/replace-files.ts';
import { LOADED_FUNCTIONS } from './loaded.ts';
import { CONFIG_FOLDER, PATHS } from './paths.ts';
import { STOP_BROKER } from './stop-broker.ts';

/** The shell function `name_drop_ins`. */
export const DROP_INS = shellScript('drop-ins.sh', import.meta.url);

/** Shell that starts, restarts or reloads the broker; exit code 0 means that it runs with the files as they are. */
export function serviceScript(act: 'start' | 'restart' | 'reload'): string {
  const stage = `stage_configuration() {\n${stagingFolder(CONFIG_FOLDER)}\n}`;
  const main = shellScript('service.sh', import.meta.url, { ...PATHS, act });
  return [LOADED_FUNCTIONS, STOP_BROKER, DROP_INS, stage, main].join('\n');
}
