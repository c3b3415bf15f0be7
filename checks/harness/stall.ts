import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Watches how long this process is kept from reading: on a busy machine it sees a packet later than it arrived.
 * `stop` gives the longest such stall in milliseconds.
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
