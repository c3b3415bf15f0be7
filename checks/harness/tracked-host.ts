import { ignoreFailure } from '../../base/errors.ts';
import { within } from '../../probes/mqtt/feed.ts';
import type { Host } from '../../provisioning/hosts/host.ts';

/** Only on an overloaded host do commands take longer to end. */
const END_MS = 4_000;

/**
 * The same host, which stays open until its commands have ended, at most 4 s: whatever ends a command travels over its connection.
 */
export function trackedHost(host: Host): Host {
  const underWay = new Set<Promise<unknown>>();
  const allEnded = async () => {
    while (underWay.size > 0) {
      await Promise.allSettled(underWay);
      // the check that waited for a command may start another to clean up
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    name: host.name,
    start(command) {
      const running = host.start(command);
      const { result } = running;
      underWay.add(result);
      const isOver = () => underWay.delete(result);
      result.then(isOver, isOver);
      return running;
    },
    async [Symbol.asyncDispose]() {
      await ignoreFailure(within(allEnded(), 'end of the commands', END_MS));
      await host[Symbol.asyncDispose]();
    },
  };
}
