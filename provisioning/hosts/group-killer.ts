/** Sends one signal to several process groups on a host. */
export type SendSignal = (groups: readonly number[], signal: string) => Promise<void>;

/**
 * Signals process groups; calls of the same turn share one command. When a run is interrupted, all its commands on a host end at once,
 * and a command for each would take seconds on a small host.
 */
export function groupKiller(send: SendSignal): (group: number, signal: string) => Promise<void> {
  const batches = new Map<string, { readonly groups: number[]; readonly sent: Promise<void> }>();
  const begin = (signal: string) => {
    const groups: number[] = [];
    const endOfTurn = new Promise((resolve) => setImmediate(resolve));
    const sent = endOfTurn.then(async () => {
      batches.delete(signal);
      await send(groups, signal);
    });
    return { groups, sent };
  };
  return async (group, signal) => {
    const batch = batches.get(signal) ?? begin(signal);
    batches.set(signal, batch);
    batch.groups.push(group);
    await batch.sent;
  };
}
