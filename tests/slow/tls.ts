import test from 'ava';
import { ownLab } from '../lab/support/own-lab.ts';
import { WEB_SOCKETS_LAB } from '../lab/support/tls-lab.ts';
import { verify } from '../lab/support/verified.ts';
import { tlsMutants } from '../mutants/deployment/tls.ts';
import { killLine } from '../mutants/kill-table.ts';
import { readyForMutants } from '../mutants/lab.ts';
import { runMutant } from '../mutants/run-mutant.ts';

const theLab = ownLab('tls', WEB_SOCKETS_LAB, { debian: 13 });
const { signal } = new AbortController();

test.serial('every kind of listener does what the lab file says', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const { code, checks, output } = await verify(theLab(), ['--quick', '--only', 'tls,install']);
  t.is(code, 0, output);
  t.is(checks.get('tls.client.18837.revoked.this-machine'), 'deviation');
  t.is(checks.get('tls.message.18836.v5'), 'pass');
});

test.serial('the checks catch every fault of a listener', async (t) => {
  t.timeout(900_000);
  const lab = await readyForMutants(theLab(), signal);
  for (const mutant of await tlsMutants(lab.lab)) {
    const run = await runMutant(lab, mutant, signal);
    t.is(run.kill.outcome, 'killed', killLine(run));
  }
});
