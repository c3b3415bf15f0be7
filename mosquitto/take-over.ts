import { quote } from '../base/quote.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Lab } from '../lab-file/lab.ts';
import { backupFolder, openBackup } from '../provisioning/resources/backup-folder.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { REINSTALL } from './main-file.ts';
import { describeObstacle, findObstacles, type Obstacle, obstacleQuery } from './obstacles.ts';
import { CONFIG_FILES, MAIN_CONF } from './paths.ts';

/** Moves a foreign Mosquitto's files to the backup and stops it. `preflight` has refused what must stay. */
export function takeOver(lab: Lab): Resource {
  const query = obstacleQuery(lab.broker);
  return {
    id: 'take over',
    queries: [query],
    plan(facts) {
      const obstacles = findObstacles(lab, facts.get(query));
      if (obstacles.length === 0) return { items: [] };
      const change = {
        summary: `take over: ${obstacles.map(describeObstacle).join('; ')}`,
        script: takeOverScript(lab.name, obstacles),
        timeoutMs: 300_000,
      };
      return { items: obstacles.map((obstacle) => takeOverItem(lab.name, obstacle)), change };
    },
  };
}

function takeOverItem(lab: string, obstacle: Obstacle): Item {
  if (obstacle.kind === 'port') {
    const detail = `stopped: it holds port ${obstacle.port}`;
    return { action: 'remove', kind: 'process', name: `${obstacle.pid} ${obstacle.command}`, detail };
  }
  const reason = obstacle.kind === 'lab' ? `belongs to the lab "${obstacle.name}"` : obstacle.reason;
  return { action: 'remove', kind: 'file', name: obstacle.path, detail: `${reason}; moved to ${backupFolder(lab)}` };
}

export function takeOverScript(lab: string, obstacles: readonly Obstacle[]): string {
  const steps = obstacles.map((obstacle) => {
    if (obstacle.kind === 'port') return `end_mosquitto ${obstacle.pid}`;
    if (obstacle.path === MAIN_CONF) return `replace_main_conf ${MAIN_CONF}`;
    const files = obstacle.kind === 'lab' ? CONFIG_FILES : [obstacle.path];
    return files.map((file) => `move_to_backup ${quote(file)}`).join('\n');
  });
  const functions = shellScript('take-over.sh', import.meta.url, { folder: backupFolder(lab) });
  return ['set -e', 'umask 077', openBackup(lab), REINSTALL, functions, ...steps].join('\n');
}
