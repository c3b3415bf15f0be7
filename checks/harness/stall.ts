import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Measures how long this process cannot read: on a busy machine it sees a packet later than the packet arrived. `stop`
 * returns the longest stall in milliseconds.
 */
export function watchStalls(): { stop(): number } {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return {
    stop() {
      delay.disable();
      return Math.round(delay.max / 1e6);
    },
  };
}
