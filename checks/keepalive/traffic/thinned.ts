/** What the kernel's counters are looked at by as well: four times a second. */
const EVERY_MS = 250;

/** At most four samples a second, each the last of its quarter, however many packets there were: what is cumulative loses nothing by it. */
export function thinned<T extends { readonly atMs: number }>(samples: readonly T[]): T[] {
  const quarterOf = ({ atMs }: T) => Math.floor(atMs / EVERY_MS);
  return samples.filter((sample, index) => {
    const next = samples[index + 1];
    return next === undefined || quarterOf(next) !== quarterOf(sample);
  });
}
