import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { MOST_SLOWNESS, setSlowness } from '../../../../base/slowness.ts';
import { idWord, notApplicable, runCheck, unlessInterrupted } from '../../../../checks/harness/check.ts';
import { ClientLimit } from '../../../../probes/clients/option-file.ts';
import { NotSeen, openFeed } from '../../../../probes/mqtt/feed.ts';

test('gives different names different words in ids', (t) => {
  const names = ['a.b', 'a b', 'a/b', 'a%2Eb', 'a_b', 'ä'];
  t.is(new Set(names.map(idWord)).size, names.length);
  t.true(names.map(idWord).every((text) => /^[\w%/-]+$/.test(text)));
});

test('records a check that throws, one that hangs and one that does not apply', async (t) => {
  const check = { id: 'acl.a', claim: 'a', expected: 1, boundMs: 20 } as const;
  const thrown = await runCheck({ ...check, run: () => Promise.reject(new Error('no sentinel')) });
  t.like(thrown, { verdict: 'fail', reason: 'no sentinel', expected: 1 });
  const hung = await runCheck({ ...check, run: () => new Promise(() => undefined) });
  t.like(hung, { verdict: 'fail', reason: 'no verdict within 0.02 s' });
  t.like(await runCheck(notApplicable(check, 'no Pi')), { verdict: 'skipped', reason: 'no Pi' });
});

test('records the advice of a LabError; a host out of reach says nothing about the broker', async (t) => {
  const trouble = { subject: 'pi', step: 'open', happened: 'no route to host', advice: 'switch the Pi on' };
  for (const [kind, verdict] of [
    ['could-not-run', 'inconclusive'],
    ['failed', 'fail'],
  ] as const) {
    const run = () => Promise.reject(new LabError(trouble, kind));
    const record = await runCheck({ id: 'acl.a', claim: 'a', expected: 1, boundMs: 1_000, run });
    t.like(record, { verdict, reason: 'pi: open: no route to host', advice: 'switch the Pi on' });
  }
});

test('a wait that the loss of its host ended says nothing about the broker', async (t) => {
  const lost = new LabError({ subject: 'pi', step: 'ssh pi', happened: 'the connection ended' }, 'could-not-run');
  const feed = openFeed<number>('mosquitto_sub on pi');
  const run = async () => {
    const waiting = feed.first(() => true, 'SUBACK', 1_000);
    feed.end('pi: ssh pi: the connection ended', lost);
    await waiting;
    return { verdict: 'pass', observed: 1 } as const;
  };
  const record = await runCheck({ id: 'acl.a', claim: 'a', expected: 1, boundMs: 1_000, run });
  t.like(record, {
    verdict: 'inconclusive',
    reason: 'mosquitto_sub on pi: no SUBACK: pi: ssh pi: the connection ended',
  });
});

test('skips a check whose client program cannot take what it needs', async (t) => {
  const run = () => Promise.reject(new ClientLimit('no password of that length'));
  const record = await runCheck({ id: 'acl.a', claim: 'a', expected: 1, boundMs: 1_000, run });
  t.like(record, { verdict: 'skipped', reason: 'no password of that length' });
});

test.serial('a passed limit is inconclusive where bounds could not stretch enough, a failure elsewhere', async (t) => {
  t.teardown(() => setSlowness(1));
  const check = { id: 'acl.a', claim: 'a', expected: 1, boundMs: 60_000 } as const;
  const late = () => Promise.reject(new NotSeen('no PUBACK: not within 10 s', { isLate: true }));
  const closed = () => Promise.reject(new NotSeen('no PUBACK: the connection is closed'));
  for (const [slow, run, verdict] of [
    [1, late, 'fail'],
    [9, late, 'fail'],
    [MOST_SLOWNESS, late, 'inconclusive'],
    [MOST_SLOWNESS, closed, 'fail'],
  ] as const) {
    setSlowness(slow);
    t.is((await runCheck({ ...check, run })).verdict, verdict);
  }
});

test('makes a failure in a run that has ended inconclusive', (t) => {
  const failed = { verdict: 'fail', observed: { pings: 1 }, reason: 'one PINGREQ, not three' } as const;
  const passed = { verdict: 'pass', observed: { pings: 3 } } as const;
  t.is(unlessInterrupted(failed, new AbortController().signal), failed);
  t.is(unlessInterrupted(passed, AbortSignal.abort()), passed);
  t.deepEqual(unlessInterrupted(failed, AbortSignal.abort()), {
    verdict: 'inconclusive',
    observed: null,
    reason: 'the run ended before this check',
  });
});
