import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { BACKUPS } from '../provisioning/resources/backup-folder.ts';
import { howToFree } from '../provisioning/resources/port-holder.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { canBeTakenOver, describeObstacle, findObstacles, type Obstacle, obstacleQuery } from './obstacles.ts';

/** Preflight: no foreign Mosquitto configuration, and the port is free, or `--take-over` can clear both. Changes nothing. */
export function preflight(lab: Lab, { takeOver }: { readonly takeOver: boolean }): Resource {
  const query = obstacleQuery(lab.broker);
  return {
    id: 'preflight',
    queries: [query],
    plan(facts) {
      const obstacles = findObstacles(lab, facts.get(query));
      if (obstacles.length === 0 || (takeOver && obstacles.every(canBeTakenOver))) return { items: [] };
      const happened = obstacles.map(describeObstacle).join('\n    ');
      const trouble = { subject: 'broker', step: 'preflight', happened, advice: adviceFor(obstacles) };
      throw new LabError(trouble, 'could-not-run');
    },
  };
}

/** `--take-over` stops only a Mosquitto, and another port does not help against a foreign configuration. */
function adviceFor(obstacles: readonly Obstacle[]): string {
  const program = obstacles.find((obstacle) => obstacle.kind === 'port' && !canBeTakenOver(obstacle));
  if (program?.kind === 'port') {
    const remedies = [howToFree(program) ?? [], 'choose another port in the lab file'].flat().join(', or ');
    return `${remedies}, \`broker: { host: container }\` or another host (--take-over stops only a Mosquitto)`;
  }
  const choice = obstacles.every(({ kind }) => kind === 'port') ? 'another port in the lab file' : 'another host';
  return `choose ${choice}, \`broker: { host: container }\`, or \`--take-over\`, which moves what it finds to ${BACKUPS}`;
}
