import { waitAtMost } from '../base/wait-at-most.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { HERE } from './protocol.ts';

const DISPOSE_MS = 3_000;

/** The hosts of clients; each is opened once, until it is forgotten. */
export function openHosts(live: Pick<LiveLab, 'pis'>) {
  const opened = new Map<string, Promise<Host>>();
  const all = new Set<Promise<Host>>();
  const open = (place: string): Promise<Host> => {
    const pi = live.pis.find(({ name }) => name === place);
    const host = opened.get(place) ?? openHost(place === HERE ? 'this machine' : place, pi?.host ?? { kind: 'local' });
    opened.set(place, host);
    all.add(host);
    host.catch(() => opened.delete(place));
    return host;
  };
  return {
    open,
    /** A client that still runs keeps its host. */
    forget: (place: string) => opened.delete(place),
    async [Symbol.asyncDispose]() {
      const ends = [...all].map(async (host) => (await host)[Symbol.asyncDispose]());
      // one that was given up may still be opening
      await waitAtMost(DISPOSE_MS, Promise.allSettled(ends));
    },
  };
}
