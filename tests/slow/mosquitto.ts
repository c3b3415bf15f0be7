import test from 'ava';
import { RIGHTS } from '../lab/support/aedes-findings.ts';
import { verifyExternal } from '../lab/support/external.ts';
import { PORT } from '../lab/support/lab.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const VERIFY_MS = 160_000;
const theLab = ownLab('mosquitto', { ...RIGHTS, pis: {} });
const port = () => theLab().container('broker').published(PORT);

test.serial('the broker starts', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

test.serial('fails no check of an external Mosquitto that the lab file names', async (t) => {
  const options = { boundMs: VERIFY_MS, software: 'mosquitto 2.0.11' };
  const verified = await verifyExternal(RIGHTS, await port(), [], options);
  t.log(verified.counts);
  t.deepEqual(verified.findings, {});
  t.is(verified.code, 0);
});

test.serial('says of each failure that Mosquitto would explain it, where the lab file does not name it', async (t) => {
  const verified = await verifyExternal(RIGHTS, await port(), ['--quick'], { boundMs: VERIFY_MS });
  const failed = verified.checks.filter(({ verdict }) => verdict === 'fail');
  t.true(failed.length > 0);
  for (const { advice } of failed) t.regex(advice ?? '', /Mosquitto is known to do this: .*broker\.software/);
});
