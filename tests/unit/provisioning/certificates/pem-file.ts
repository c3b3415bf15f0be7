import test from 'ava';
import { pemItem } from '../../../../provisioning/certificates/pem-file.ts';
import type { Item } from '../../../../provisioning/resources/resource.ts';

const item: Item = { action: 'unchanged', kind: 'file', name: 'x', detail: 'content', diff: '-a\n+b' };

/** [the item as its file alone gives it; why the certificate is made again; action and detail] */
const items: readonly (readonly [item: Item, why: string | undefined, action: string, detail: string])[] = [
  [{ ...item, action: 'change' }, undefined, 'change', 'content'],
  [item, 'expires on 2030-04-01', 'change', 'expires on 2030-04-01'],
  [{ ...item, action: 'create', detail: 'missing' }, 'missing', 'create', 'missing'],
];

for (const [one, why, action, detail] of items) {
  test(`plans ${action}, ${detail}, without a diff`, (t) => {
    t.deepEqual(pemItem(one, { why }), { action, kind: 'file', name: 'x', detail });
  });
}
