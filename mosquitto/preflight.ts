import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { BACKUPS } from '../provisioning/resources/backup-folder.ts';
import { howToFree } from '../provisioning/resources/port-holder.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { canBeTakenOver, describeObstacle, findObstacles, type Obstacle, obstacleQuery } from './obstacles.ts';

/** Preflight: no foreign Mosquitto configuration, and the port is free, or `--take-over` can clear both. Changes nothing. */
export function preflight(lab: Lab, { takeOver }: { readonly takeOver: boolean }): Resource {
  const query = obstacleQuery(lab.broker.port);
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
  const programs = obstacles.flatMap((obstacle) =>
    obstacle.kind === 'port' && !canBeTakenOver(obstacle) ? [obstacle] : [],
  );
  if (programs.length > 0) {
    return `${programs.map(howToFree).join('; ')} (--take-over stops only a Mosquitto), or choose another \`broker.port\`, \`broker: { host: container }\` or another host`;
  }
  const choice = obstacles.every(({ kind }) => kind === 'port') ? 'another `broker.port`' : 'another host';
  return `choose ${choice}, \`broker: { host: container }\`, or \`--take-over\`, which moves what it finds to ${BACKUPS}`;
}
