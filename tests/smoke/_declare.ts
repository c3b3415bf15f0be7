import { setMaxListeners } from 'node:events';
import process from 'node:process';
import test from 'ava';
import { SCOPES } from '../../checks/harness/check.ts';
import { type Families, openLabChecks } from '../../checks/run/lab-checks.ts';
import { withVersion } from '../../deployment/broker-version.ts';
import { openContext } from '../../scripts/context.ts';

const END_MS = 3_000;

/** Declares the checks of these families as tests against a lab that is up: of the lab file LAB, as far as SCOPE goes. */
export async function declareChecks(families: Families): Promise<void> {
  const { LAB = 'lab.yaml', SCOPE = 'quick' } = process.env;
  const scope = SCOPES.find((known) => known === SCOPE);
  if (scope === undefined) throw new Error(`SCOPE=${SCOPE} is none of ${SCOPES.join(', ')}`);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const context = openContext(LAB, stop.signal, { logsIn: true, acceptsNewHostKeys: false });
  const live = await withVersion(await context.live(), stop.signal);
  const { checks, run, close } = await openLabChecks(live, { families, scope, exhaustive: true, stopped: stop.signal });
  test.after.always('close every connection', async () => {
    stop.abort();
    await close(END_MS);
  });
  // AVA fails a file without tests
  if (checks.length === 0) test(`no check in SCOPE=${scope}`, (t) => t.pass());
  for (const check of checks) {
    test(`${check.id}: ${check.claim}`, async (t) => {
      const { verdict, reason, expected, observed } = await run(check);
      if (reason !== undefined) t.log(`${verdict}: ${reason}`);
      if (verdict === 'fail') t.log({ expected, observed });
      t.false(verdict === 'fail' || verdict === 'inconclusive', verdict);
    });
  }
}
