import test from 'ava';
import { tlsMutants } from '../mutants/deployment/tls.ts';
import { killLine } from '../mutants/kill-table.ts';
import { readyForMutants } from '../mutants/lab.ts';
import { runMutant } from '../mutants/run-mutant.ts';
import { ownLab } from './support/own-lab.ts';
import { TLS_LAB } from './support/tls-lab.ts';
import { verify } from './support/verified.ts';

const theLab = ownLab('tls', TLS_LAB, { installed: true });
const { signal } = new AbortController();

test.serial('listeners with TLS do what the lab file says', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const { code, checks, output } = await verify(theLab(), ['--quick', '--only', 'tls']);
  t.is(code, 0, output);
  for (const id of ['tls.certificate.18832.pi', 'tls.client.18834.revoked.this-machine', 'tls.identity.18834']) {
    t.is(checks.get(id), 'pass', id);
  }
});

test.serial('finds a broker that loads no list of revoked certificates', async (t) => {
  const lab = await readyForMutants(theLab(), signal);
  const mutant = (await tlsMutants(lab.lab)).find(({ name }) => name === 'tls.revocations-lost');
  if (mutant === undefined) return t.fail('no such mutant');
  const run = await runMutant(lab, mutant, signal);
  t.is(run.kill.outcome, 'killed', killLine(run));
});
