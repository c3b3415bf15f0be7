import test from 'ava';
import type { Check } from '../../../../checks/harness/check.ts';
import { openGivingUp } from '../../../../checks/run/giving-up.ts';
import type { CheckRecord } from '../../../../records/record.ts';
import { recordOf } from '../../records/_record.ts';

const LATE = { verdict: 'fail', durationMs: 10_000 } as const;

function checkOf(id: Check['id'], host?: string): Check {
  const run = () => Promise.reject(new Error('the work stands for it'));
  return { id, claim: 'a claim', expected: 1, boundMs: 1, run, ...(host === undefined ? {} : { host }) };
}

/** Lets the checks begin one after the other, each ending as `ends` says. */
function openRun() {
  const { unlessGivenUp, learn } = openGivingUp();
  return async (id: Check['id'], ends: Partial<CheckRecord> = {}, host?: string) => {
    const check = checkOf(id, host);
    const record = await unlessGivenUp(check, async () => recordOf(id, ends));
    learn(check, record);
    return record;
  };
}

/** Three checks that wait for the same acknowledgement in vain. */
async function prove(
  run: ReturnType<typeof openRun>,
  reason = (index: number) => `no PUBACK: not within ${index}.5 s`,
) {
  for (const index of [1, 2, 3]) await run(`acl.publish.${index}`, { ...LATE, reason: reason(index) });
}

test('gives up a kind after three slow failures of one reason, and names them', async (t) => {
  const run = openRun();
  await prove(run);
  const record = await run('acl.publish.4');
  t.is(record.verdict, 'skipped');
  t.regex(
    record.reason ?? '',
    /^given up: 3 checks of acl failed .*\(acl\.publish\.1, acl\.publish\.2, acl\.publish\.3\)/,
  );
});

test('gives each other kind of the family one check, and the rest where none passed', async (t) => {
  const run = openRun();
  await prove(run);
  t.is((await run('acl.will.1', { verdict: 'fail', reason: 'no sentinel' })).verdict, 'fail');
  t.is((await run('acl.will.2')).verdict, 'skipped');
  t.is((await run('acl.sys.1')).verdict, 'pass');
  t.is((await run('acl.sys.2')).verdict, 'pass');
});

test('does not give up what passed before, other families, or other hosts', async (t) => {
  const run = openRun();
  await run('acl.subscribe.1');
  await prove(run);
  for (const id of ['acl.subscribe.2', 'will.fin.1', 'will.fin.2'] as const) t.is((await run(id)).verdict, 'pass');
  await run('acl.publish.7', {}, 'pi');
  t.is((await run('acl.publish.8', {}, 'pi')).verdict, 'pass');
});

/** [why nothing is proved; how the three checks end] */
const UNPROVED: readonly (readonly [what: string, ends: (index: number) => Partial<CheckRecord>])[] = [
  ['quick failures', () => ({ verdict: 'fail', durationMs: 100, reason: 'no PUBACK' })],
  ['different reasons', (index) => ({ ...LATE, reason: ['no PUBACK', 'no message'][index % 2] ?? '' })],
  ['inconclusive checks', () => ({ ...LATE, verdict: 'inconclusive', reason: 'too slow' })],
  ['known deviations', () => ({ ...LATE, verdict: 'deviation', reason: 'known' })],
];

for (const [what, ends] of UNPROVED) {
  test(`${what} prove nothing`, async (t) => {
    const run = openRun();
    for (const index of [1, 2, 3]) await run(`acl.publish.${index}`, ends(index));
    t.is((await run('acl.publish.4')).verdict, 'pass');
  });
}

test('the topic of a check makes no other reason', async (t) => {
  const run = openRun();
  for (const topic of ['a', 'b', 'c/d']) {
    const subject = { kind: 'right', user: 'sam', topic: `home/${topic}`, right: 'publish' } as const;
    await run(`acl.publish.${topic}`, { ...LATE, subject, reason: `no sentinel on home/${topic}: not within 10 s` });
  }
  t.is((await run('acl.publish.e')).verdict, 'skipped');
});
