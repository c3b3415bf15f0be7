import { topicMistake } from '../base/topic.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { canUse, listenerText } from '../lab-file/listeners.ts';
import { filterFor, hasPlaceholder } from '../lab-file/may.ts';
import { deniedIn } from './checkpoint/roles.ts';
import { HERE, PROGRAMS, type Program, type Setup, type Step } from './protocol.ts';

/** The first is the page's choice; mqtt.js has only its connection there. */
const PI_PROGRAMS: Program[] = ['paho', 'mosquitto', 'mqtt.js'];

/** Seconds; undefined for an external broker, and where the lab file sets no limit. */
export function longestKeepAliveOf({ lab, broker }: Pick<LiveLab, 'lab' | 'broker'>): number | undefined {
  const { maxKeepAlive } = lab.broker;
  return broker.host === undefined || maxKeepAlive === 0 ? undefined : maxKeepAlive;
}

/** What the page offers: the lab's users, places, listeners and topics, and the steps of the checkpoint. */
export function setupOf(live: LiveLab, steps: readonly Step[]): Setup {
  const { lab, broker, pis } = live;
  const longestKeepAlive = longestKeepAliveOf(live);
  return {
    lab: lab.name,
    ...(broker.version === undefined ? {} : { brokerVersion: broker.version }),
    users: lab.users.map(({ name }) => name),
    places: [{ name: HERE, programs: [...PROGRAMS] }, ...pis.map(({ name }) => ({ name, programs: PI_PROGRAMS }))],
    listeners: broker.listeners.map((listener) => ({
      port: listener.port,
      label: listenerText(listener),
      users: lab.users
        .filter(({ password, certificate }) =>
          canUse(listener, { hasPassword: password !== undefined, hasCertificate: certificate !== undefined }),
        )
        .map(({ name }) => name),
    })),
    topics: topicsOf({ lab }),
    ...(longestKeepAlive === undefined ? {} : { longestKeepAlive }),
    canRestart: broker.host !== undefined,
    isOpenToAll: deniedIn(lab) === undefined,
    steps: [...steps],
  };
}

/** The filters of the lab file, plain topics first; those of a client id depend on one, and are left out. */
export function topicsOf({ lab }: Pick<LiveLab, 'lab'>): string[] {
  const filters = lab.rules.flatMap(({ filter }) =>
    hasPlaceholder(filter) ? lab.users.flatMap(({ name }) => filterFor(filter, { user: name }) ?? []) : [filter],
  );
  const isPlain = (filter: string) => topicMistake(filter) === undefined;
  const unique = [...new Set(filters)];
  return [...unique.filter(isPlain), ...unique.filter((filter) => !isPlain(filter))];
}
