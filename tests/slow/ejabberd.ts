import test from 'ava';
import { RIGHTS } from '../lab/support/aedes-findings.ts';
import { verifyExternal } from '../lab/support/external.ts';
import { openEjabberd } from './support/ejabberd.ts';

const TEST_MS = 540_000;
const VERIFY_MS = 200_000;

test("fails no check of ejabberd's mod_mqtt", async (t) => {
  t.timeout(TEST_MS);
  await using broker = await openEjabberd(RIGHTS);
  const options = { boundMs: VERIFY_MS, software: 'ejabberd 23.01' };
  const verified = await verifyExternal(RIGHTS, broker.port, [], options);
  t.log(verified.counts, verified.deviations.join('\n'));
  t.deepEqual(verified.findings, {});
  t.is(verified.code, 0);
});
