import { shellScript } from '../../base/shell-script.ts';
import { LOCK_WAIT_S } from './apt.ts';
import type { Fact, Query } from './facts.ts';
import { recordFile } from './package-record.ts';
import type { Item, Resource } from './resource.ts';

const REMOVE_TIMEOUT_MS = (LOCK_WAIT_S + 600) * 1000;
const APT_OPTIONS = '--quiet --yes -o APT::Get::AutomaticRemove=false';

/** What `down` does with a package that the lab has installed and that is still there. */
export type Recorded =
  /** `remove` leaves its configuration, which was there before the lab. */
  | { readonly name: string; readonly fate: 'purge' | 'remove' }
  | { readonly name: string; readonly fate: 'stay'; readonly why: string };

/** The packages that the lab's own apt transactions have installed; removes all that nothing else needs. */
export function recordedPackages(folder: string): Resource {
  const query = recordedQuery(folder);
  return {
    id: 'packages',
    queries: [query],
    plan(facts) {
      const found = recorded(facts.get(query));
      const items = found.map(itemOf);
      const names = (fate: Recorded['fate']) => found.filter((each) => each.fate === fate).map(({ name }) => name);
      const purged = names('purge');
      const removed = names('remove');
      if (purged.length + removed.length === 0) return { items };
      const change = {
        summary: `remove ${[...purged, ...removed].join(', ')}`,
        script: removeScript(folder, purged, removed),
        timeoutMs: REMOVE_TIMEOUT_MS,
        advice: 'see what `sudo apt-get check` says on this host, then run the command again',
      };
      return { items, change };
    },
  };
}

function itemOf(recorded: Recorded): Item {
  const item = { kind: 'package', name: recorded.name };
  return recorded.fate === 'stay'
    ? { ...item, action: 'unchanged', detail: `stays: ${recorded.why}` }
    : { ...item, action: 'remove', detail: 'the lab installed it' };
}

/** The record's lines, `state NAME WANT STATE`, `wanted NAME` (installed by hand), and `with NAME OTHER`: OTHER depends on NAME. */
export function recordedQuery(folder: string): Query {
  const values = { record: recordFile(folder), apt_options: APT_OPTIONS };
  return { id: 'recorded-packages', script: shellScript('recorded-packages-facts.sh', import.meta.url, values) };
}

/** Decides from recordedQuery which packages `down` removes. */
export function recorded({ output }: Fact): readonly Recorded[] {
  const lines = output.split('\n').map((line) => line.split(' '));
  const about = (word: string) => lines.flatMap(([first, ...rest]) => (first === word ? [rest] : []));
  // where the lab has installed a package twice, the state before the first time counts
  const before = new Map(
    about('package')
      .toReversed()
      .map(([name = '', state = '']) => [name, state] as const),
  );
  const wanted = about('wanted').flat();
  const found = about('state').flatMap(([name = '', want, state]): Recorded[] => {
    const wasConfigured = before.get(name) === 'config-files';
    if (state === 'config-files' && wasConfigured) return [];
    if (want === 'hold') return [{ name, fate: 'stay', why: 'it is on hold' }];
    if (wanted.includes(name)) return [{ name, fate: 'stay', why: 'it is also marked as installed by hand' }];
    return [{ name, fate: wasConfigured ? 'remove' : 'purge' }];
  });
  const staying = new Set(found.flatMap(({ name, fate }) => (fate === 'stay' ? [name] : [])));
  // apt does not read the journal of a killed dpkg, and still lists a recorded package that dpkg has removed
  const exists = (name: string) => staying.has(name) || !before.has(name);
  return found.map((each) => {
    if (each.fate === 'stay') return each;
    const others = about('with').flatMap(([name, other = '']) => (name === each.name && exists(other) ? [other] : []));
    return others.length === 0 ? each : { name: each.name, fate: 'stay', why: `${others.join(', ')} needs it` };
  });
}

/** Removes packages, `purged` ones with their configuration, since that was absent before the lab. */
function removeScript(folder: string, purged: readonly string[], removed: readonly string[]): string {
  const values = { record: recordFile(folder), apt_options: APT_OPTIONS, wait_s: LOCK_WAIT_S, purged, removed };
  return shellScript('remove-packages.sh', import.meta.url, values);
}
