import { ignoreFailure } from '../../base/errors.ts';
import { waitAtMost } from '../../base/wait-at-most.ts';
import type { Host } from '../../provisioning/hosts/host.ts';

/** Commands take longer to end only on an overloaded host. */
const END_MS = 4_000;

/** A host that stays open until its commands have ended, at most 4 s: ending a command needs its connection. */
export function trackedHost(host: Host, onStarted: (begun: number) => void = () => undefined): Host {
  const underWay = new Set<Promise<unknown>>();
  const allEnded = async () => {
    while (underWay.size > 0) {
      await Promise.allSettled(underWay);
      // the check that waited for a command may start another one to clean up
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    name: host.name,
    start(command) {
      const begun = performance.now();
      const running = host.start(command);
      void ignoreFailure(running.group.then(() => onStarted(begun)));
      const { result } = running;
      underWay.add(result);
      const remove = () => underWay.delete(result);
      result.then(remove, remove);
      return running;
    },
    async [Symbol.asyncDispose]() {
      await waitAtMost(END_MS, allEnded());
      await host[Symbol.asyncDispose]();
    },
  };
}
