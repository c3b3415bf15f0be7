import { useEffect, useState } from 'preact/hooks';

/** Which row the details show: the one under the pointer, or the one that was chosen. */
type Selection = { readonly chosen: number | undefined; readonly hovered: number | undefined };

let selection: Selection = { chosen: undefined, hovered: undefined };
const listeners = new Set<(selection: Selection) => void>();

export function select(change: Partial<Selection>): void {
  const next = { ...selection, ...change };
  if (next.chosen === selection.chosen && next.hovered === selection.hovered) return;
  selection = next;
  for (const listener of listeners) listener(selection);
}

export function useSelection(): Selection {
  const [, draw] = useState(selection);
  useEffect(() => {
    listeners.add(draw);
    return () => void listeners.delete(draw);
  }, []);
  return selection;
}
