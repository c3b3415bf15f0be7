import { readFileSync } from 'node:fs';
import test from 'ava';
import { families } from '../../../checks/families.ts';
import { DEVIATIONS } from '../../../checks/harness/deviations.ts';
import { PRODUCT_DEVIATIONS } from '../../../checks/harness/products.ts';
import { openTestLab } from '../../../checks/harness/test-lab.ts';
import { mistakesOf } from '../../../checks/run/selection.ts';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { FAMILIES } from '../../../records/record.ts';
import { labOf } from '../_lab.ts';
import { liveBrokerAt, livePiAt } from '../_live.ts';
import { DOCUMENTS, section, textOf } from './_documents.ts';

test('every pattern of --only in the documents matches a check of the default lab', (t) => {
  const lab = labOf(readFileSync('lab.yaml', 'utf8'));
  const at = { address: '127.0.0.1', port: 1883 };
  const pis = lab.pis.map(({ name }) => livePiAt(name, at));
  const live: LiveLab = { lab, broker: liveBrokerAt(at, { host: { kind: 'local' } }), pis };
  const testLab = openTestLab(live, new AbortController().signal);
  const checks = Object.values(families).flatMap((plan) => plan(testLab));
  const text = DOCUMENTS.map(textOf).join('\n');
  const patterns = text.matchAll(/(verify|report) [^`\n]*--only ([^\s`]+)|as in `([^`]+)`/g);
  const scopes = [...patterns].map(([line, , only, example]) => ({
    only: only ?? example,
    scope: line.includes('--disruptive') ? ('disruptive' as const) : ('default' as const),
  }));
  t.true(scopes.length > 10);
  for (const options of scopes) t.deepEqual(mistakesOf(options, checks), []);
});

test('documents every known deviation, in the words of the report', (t) => {
  const documented = section('docs/verification.md', '## Known deviations');
  const ofProducts = Object.values(PRODUCT_DEVIATIONS).flat();
  for (const { what } of [...Object.values(DEVIATIONS), ...ofProducts]) t.true(documented.includes(what), what);
});

test('documents every family of checks, and no others', (t) => {
  const rows = section('docs/verification.md', '## Families').matchAll(/^\| `([a-z]+)`/gm);
  t.deepEqual([...rows].map(([, family]) => family).sort(), FAMILIES.toSorted());
});
