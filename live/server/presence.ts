import type { ServerResponse } from 'node:http';

/** Which pages are open. */
export type Presence = { add(stream: ServerResponse): void; stop(): void };

/** Calls `onNobody` when the last stream has been closed for `ms`, and no other came. */
export function openPresence(ms: number, onNobody: () => void): Presence {
  const open = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  let hasStopped = false;
  return {
    add(stream) {
      clearTimeout(timer);
      open.add(stream);
      stream.once('close', () => {
        open.delete(stream);
        if (open.size === 0 && !hasStopped) timer = setTimeout(onNobody, ms);
      });
    },
    stop() {
      hasStopped = true;
      clearTimeout(timer);
    },
  };
}
