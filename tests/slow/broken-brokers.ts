import test from 'ava';
import { ownLab } from '../lab/support/own-lab.ts';
import { catalogue } from '../mutants/catalogue.ts';
import { draftLab, type MutantLab, readyForMutants } from '../mutants/lab.ts';
import type { WireMutant } from '../mutants/mutant.ts';
import { altered } from '../mutants/run-mutant.ts';

const theLab = ownLab('broken-brokers', {}, { installed: true });
/** The bound of a default run. */
const TIMEOUT_MS = 180_000;
/** Faults for which many checks wait in vain. */
const BROKEN = [
  'puback.to-publisher',
  'pingresp',
  'payload.flipped',
  'payload.truncated',
  'retain.flag-missing',
  'retain.not-stored',
];

const { signal } = new AbortController();
const all = catalogue(draftLab());
let lab: MutantLab;

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  lab = await readyForMutants(theLab(), signal);
});

for (const name of BROKEN) {
  const mutant = all.find((each): each is WireMutant => each.name === name && each.kind === 'wire');
  if (mutant === undefined) throw new Error(`no mutant on the wire is named ${name}`);
  test.serial(`verify of a broker where ${mutant.what} ends before its bound, and fails`, async (t) => {
    t.timeout(2 * TIMEOUT_MS);
    const begun = performance.now();
    const checks = await altered(lab, mutant.alter(), { timeoutMs: TIMEOUT_MS }, signal);
    const seconds = Math.round((performance.now() - begun) / 1000);
    t.log(`${seconds} s`);
    t.true(checks.some(({ verdict }) => verdict === 'fail'));
    const late = checks.filter(({ reason }) => /^(no record|the run ended)/.test(reason ?? ''));
    t.deepEqual(
      late.map(({ id }) => id),
      [],
      `${seconds} s`,
    );
  });
}
