import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Watches from now on how long this process does not get to look at what has come in: on a busy machine a packet is seen later than it came.
 * `stop` gives the longest such time, in milliseconds.
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
