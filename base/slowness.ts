/** Bounds stretch to at most this many times their length. */
export const MOST_SLOWNESS = 10;

/** How often a bound looks how slow things are. */
const LOOK_MS = 1_000;

let factor = 1;

/** How many times as long things take now as on a fast machine: 1 to MOST_SLOWNESS. It is 1 until something measures it. */
export const slowness = (): number => factor;

export function setSlowness(measured: number): void {
  factor = Math.min(MOST_SLOWNESS, Math.max(1, measured));
}

/** A bound as it is now, in seconds. */
export function stretchedSeconds(ms: number): number {
  return Number(((ms * slowness()) / 1000).toPrecision(3));
}

export type RunningBound = {
  /** Starts the bound again. */
  renew(): void;
  close(): void;
};

/** Calls `onPassed` once when `ms` times the slowness have passed, by the slowness at that moment. */
export function startBound(ms: number, onPassed: () => void): RunningBound {
  let from = performance.now();
  let timer: NodeJS.Timeout;
  const leftMs = () => from + ms * slowness() - performance.now();
  const arm = () => {
    // the slowness may fall meanwhile, and a timer may fire a millisecond early
    timer = setTimeout(() => (leftMs() > 1 ? arm() : onPassed()), Math.min(leftMs(), LOOK_MS));
  };
  arm();
  return {
    renew() {
      from = performance.now();
      clearTimeout(timer);
      arm();
    },
    close: () => clearTimeout(timer),
  };
}
