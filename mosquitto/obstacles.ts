import { LabError } from '../base/errors.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Lab } from '../lab-file/lab.ts';
import type { Fact, Query } from '../provisioning/resources/facts.ts';
import { isMosquitto, type PortHolder } from '../provisioning/resources/port-holder.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { CONF_D, DATA_FOLDERS, LAB_CONF, MAIN_CONF, PATHS } from './paths.ts';

/** What the lab must not touch without --take-over: a foreign Mosquitto's file, another lab's broker, a program on the port. */
export type Obstacle =
  | { readonly kind: 'file'; readonly path: string; readonly reason: string }
  | { readonly kind: 'lab'; readonly path: string; readonly name: string }
  | ({ readonly kind: 'port' } & PortHolder);

/** Mosquitto's folders and all above them: a backup of a link would not hold the files behind it. */
const FOLDERS = [
  ...new Set(
    [CONF_D, ...DATA_FOLDERS].flatMap((path) =>
      path.split('/').flatMap((_, at, parts) => parts.slice(0, at + 1).join('/') || []),
    ),
  ),
];

export function obstacleQuery({ listeners }: Pick<Lab['broker'], 'listeners'>): Query {
  const ports = listeners.map(({ port }) => String(port));
  const facts = shellScript('obstacle-facts.sh', import.meta.url, { ...PATHS, folders: FOLDERS, ports });
  return { id: 'obstacles', script: `${PROCESS_FUNCTIONS}\n${facts}` };
}

/**
 * Throws a LabError where one of Mosquitto's folders is a link, since the lab could not back up its files. In a container,
 * which `down` removes whole, a link matters only for files that the lab takes over.
 */
export function findObstacles(lab: Pick<Lab, 'name' | 'broker'>, answer: Fact): Obstacle[] {
  const obstacles = obstaclesIn(lab, answer);
  const [, link, target = ''] = /^link (\S+) *(.*?) *$/m.exec(answer.output) ?? [];
  if (link !== undefined && (lab.broker.host.kind !== 'container' || obstacles.length > 0)) {
    throw linkError(link, target);
  }
  return obstacles;
}

function obstaclesIn({ name }: Pick<Lab, 'name'>, answer: Fact): Obstacle[] {
  return answer.output.split('\n').flatMap((line): Obstacle[] => {
    const [kind, ...words] = line.split(' ');
    const rest = words.join(' ');
    if (kind === 'main') return [{ kind: 'file', path: MAIN_CONF, reason: rest }];
    if (kind === 'file') return [{ kind: 'file', path: rest, reason: 'not written by the lab' }];
    if (kind === 'port') {
      const [port, pid, ...command] = words;
      return [{ kind: 'port', port: Number(port), pid: Number(pid), command: command.join(' ').trim() }];
    }
    if (kind !== 'lab') return [];
    const owner = /^# mqtt-lab "(.*?)"/.exec(rest)?.[1];
    if (owner === name) return [];
    return owner === undefined
      ? [{ kind: 'file', path: LAB_CONF, reason: 'not written by the lab' }]
      : [{ kind: 'lab', path: LAB_CONF, name: owner }];
  });
}

function linkError(path: string, target: string): LabError {
  const happened = `${path} is a symbolic link to ${target}, and the lab can't back up the files behind a link`;
  const advice = `replace the link by the folder itself (or mount it there: mount --bind), or use \`broker: { host: container }\` or another host`;
  return new LabError({ subject: 'broker', step: 'preflight', happened, advice }, 'could-not-run');
}

export function describeObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'file':
      return `${obstacle.path} is not the lab's: ${obstacle.reason}`;
    case 'lab':
      return `${obstacle.path} belongs to the lab "${obstacle.name}"`;
    case 'port':
      if (obstacle.pid === 0) return `port ${obstacle.port} is taken by ${obstacle.command}`;
      return `port ${obstacle.port} is taken by process ${obstacle.pid}: ${obstacle.command}`;
  }
}

/** Whether `--take-over` may clear it away: it moves files to the backup and stops a Mosquitto, but no other program. */
export function canBeTakenOver(obstacle: Obstacle): boolean {
  return obstacle.kind !== 'port' || isMosquitto(obstacle.command);
}
