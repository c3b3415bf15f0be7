import type { WantedFile } from '../resources/files.ts';
import type { Item } from '../resources/resource.ts';
import type { PairState } from './certificates.ts';

/** A certificate or a key on a host; `why`: it is made before it is written. */
export type PemFile = WantedFile & { readonly why: string | undefined };

/** Why a pair is made before it is written; undefined where it is there. */
export function whyMade({ pair, why }: PairState): string | undefined {
  return why ?? (pair === undefined ? 'missing' : undefined);
}

/** The file's line of the plan: why it changes, and no diff, since it is encoded. */
export function pemItem({ diff: _, ...item }: Item, { why }: Pick<PemFile, 'why'>): Item {
  if (why === undefined) return item;
  return { ...item, action: item.detail === 'missing' ? 'create' : 'change', detail: why };
}
