/** As often as the kernel's counters are read. */
const EVERY_MS = 250;

/** Keeps the last sample of each quarter of a second. Samples are cumulative, so the others add nothing. */
export function thinned<T extends { readonly atMs: number }>(samples: readonly T[]): T[] {
  const quarterOf = ({ atMs }: T) => Math.floor(atMs / EVERY_MS);
  return samples.filter((sample, index) => {
    const next = samples[index + 1];
    return next === undefined || quarterOf(next) !== quarterOf(sample);
  });
}
