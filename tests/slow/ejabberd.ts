import test from 'ava';
import { RIGHTS } from '../lab/support/aedes-findings.ts';
import { verifyExternal } from '../lab/support/external.ts';
import { openEjabberd } from './support/ejabberd.ts';
import { FILTER_RIGHTS, findsTheHole } from './support/filter-rights.ts';

const TEST_MS = 540_000;
const FILTERS_MS = 900_000;
const VERIFY_MS = 200_000;

test.serial("fails no check of ejabberd's mod_mqtt", async (t) => {
  t.timeout(TEST_MS);
  await using broker = await openEjabberd(RIGHTS);
  const options = { boundMs: VERIFY_MS, software: 'ejabberd 23.01' };
  const verified = await verifyExternal(RIGHTS, broker.port, [], options);
  t.log(verified.counts, verified.deviations.join('\n'));
  t.deepEqual(verified.findings, {});
  t.is(verified.code, 0);
});

test.serial('fails no right on filters of ejabberd, and finds one that is too wide', async (t) => {
  t.timeout(FILTERS_MS);
  await using broker = await openEjabberd(FILTER_RIGHTS);
  await findsTheHole(t, broker, 'ejabberd 23.01');
});
