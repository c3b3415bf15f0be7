/** Ids of checks that find a breach of the standard on a broker: `always` or, where it depends on what else is under way, `sometimes`. */
export type Known = readonly [ids: RegExp, how: 'always' | 'sometimes'];

/** What was found and is no known breach, and which known ones were not found though they were tried. */
export function surprises(
  found: readonly string[],
  tried: readonly string[],
  known: readonly Known[],
): { readonly unexpected: string[]; readonly missing: string[] } {
  const always = known.filter(([, how]) => how === 'always');
  const isOf = (id: string, of: readonly Known[]) => of.some(([ids]) => ids.test(id));
  return {
    unexpected: found.filter((id) => !isOf(id, known)),
    missing: tried.filter((id) => isOf(id, always) && !found.includes(id)),
  };
}
