import { readdirSync } from 'node:fs';
import test from 'ava';
import { FAMILIES } from '../../../records/record.ts';

test('every family of checks has a file of AVA tests', (t) => {
  const files = readdirSync(new URL('../../smoke', import.meta.url));
  for (const family of FAMILIES) t.true(files.includes(`${family}.ts`), family);
});
