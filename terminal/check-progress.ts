export type CheckProgress = {
  readonly done: number;
  /** How many checks the run has; undefined until it has listed them. */
  readonly all: number | undefined;
  readonly failed: number;
  readonly elapsedMs: number;
  /** How long the run takes at least, since MQTT makes some checks wait. */
  readonly leastMs: number;
};

/** Before this, the first records say little about how fast the others come. */
const SETTLED_MS = 2_000;
const STEP_S = 5;
const MINUTES_FROM_S = 120;

/** `1,204 of 3,310 checks, 2 failed, about 20 s left`. */
export function checkProgressText({ done, all, failed, elapsedMs, leastMs }: CheckProgress): string {
  const count = all === undefined ? whole(done) : `${whole(done)} of ${whole(all)}`;
  // the recap names each failure
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const left = all === undefined || done === 0 || elapsedMs < SETTLED_MS ? undefined : all - done;
  if (left === undefined || left <= 0) return `${count} checks${failures}`;
  const leftMs = Math.max((elapsedMs / done) * left, leastMs - elapsedMs);
  return `${count} checks${failures}, about ${durationText(leftMs / 1000)} left`;
}

function durationText(s: number): string {
  return s > MINUTES_FROM_S ? `${Math.ceil(s / 60)} min` : `${Math.max(1, Math.ceil(s / STEP_S)) * STEP_S} s`;
}

function whole(value: number): string {
  return value.toLocaleString('en-GB');
}
