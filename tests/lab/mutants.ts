import test from 'ava';
import { atMost } from '../../base/limit.ts';
import { catalogue } from '../mutants/catalogue.ts';
import { fastOnes } from '../mutants/fast.ts';
import { killLine } from '../mutants/kill-table.ts';
import { draftLab, type MutantLab, readyForMutants } from '../mutants/lab.ts';
import { runMutant } from '../mutants/run-mutant.ts';
import { ownLab } from './support/own-lab.ts';
import { verify } from './support/verified.ts';

const theLab = ownLab('mutants', {}, { installed: true });
const MUTANTS = fastOnes(catalogue(draftLab()));
/** Each start of the checks takes a second of a core. */
const limit = atMost(2);
const { signal } = new AbortController();
let lab: MutantLab;

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  lab = await readyForMutants(theLab(), signal);
});

test.serial('verify reports anonymous access by its exit code, and up repairs it', async (t) => {
  const script = `sed -i 's/^allow_anonymous .*/allow_anonymous true/' /etc/mosquitto/conf.d/lab.conf
kill "$(cat /run/mosquitto/mosquitto.pid)"
while [ -e /run/mosquitto/mosquitto.pid ]; do sleep 0.05; done
mosquitto -d -c /etc/mosquitto/mosquitto.conf 2>/dev/null`;
  await theLab().container('broker').shell(script);
  const { code, output } = await verify(theLab(), ['--only', 'auth.anonymous']);
  t.is(code, 1, output);
  t.regex(output, /differs from lab\.yaml \(file \/etc\/mosquitto\/conf\.d\/lab\.conf.*\.\/lab up/);
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const repaired = await verify(theLab(), ['--only', 'auth.anonymous']);
  t.is(repaired.code, 0, repaired.output);
});

for (const mutant of MUTANTS) {
  // only those on the wire leave the machines to the others
  const declare = mutant.kind === 'deployment' ? test.serial : test;
  declare(`${mutant.what}: caught by ${mutant.caughtBy.join(', ')}`, async (t) => {
    const run = await limit(() => runMutant(lab, mutant, signal));
    t.is(run.kill.outcome, 'killed', killLine(run));
  });
}
