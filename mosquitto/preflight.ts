import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { BACKUPS } from '../provisioning/resources/backup-folder.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { canBeTakenOver, describeObstacle, findObstacles, obstacleQuery } from './obstacles.ts';

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
      const advice = takeOver
        ? 'stop that program yourself (--take-over stops only a Mosquitto), or choose another `broker.port`, `broker: { host: container }` or another host'
        : `choose another \`broker.port\`, \`broker: { host: container }\`, or \`--take-over\`, which moves what it finds to ${BACKUPS}`;
      throw new LabError({ subject: 'broker', step: 'preflight', happened, advice }, 'could-not-run');
    },
  };
}
