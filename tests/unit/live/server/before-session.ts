import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { LabError } from '../../../../base/errors.ts';
import type { Served } from '../../../../live/server/server.ts';
import { until } from '../../../lab/support/until.ts';
import { serving } from './_serving.ts';

const BOUND_MS = 10_000;
const STOP = { do: 'stop' };

test('gives the page before the session, and the events once it has begun', async (t) => {
  const session = deferred<Served>();
  const { ask, home, follow, served, post } = await serving(t, { session: session.promise });
  t.is((await ask(home)).status, 200);
  const commanded = post(STOP);
  const following = follow();
  session.resolve(served);
  const { read } = await following;
  await until('the setup', BOUND_MS, () => /^event: setup$/m.test(read.text) || undefined);
  t.is((await commanded).status, 204);
});

test('ends the streams of a session that did not begin', async (t) => {
  const session = deferred<Served>();
  const { follow, post } = await serving(t, { session: session.promise });
  const { response, read } = await follow();
  const trouble = { subject: 'broker', step: 'connect as sam', happened: 'no answer' };
  session.reject(new LabError(trouble, 'could-not-run'));
  await until('the end of the stream', BOUND_MS, () => response.closed || undefined);
  t.is(read.text, '');
  const { status, body } = await post(STOP);
  t.deepEqual([status, body], [422, 'broker: connect as sam: no answer']);
});

test('forgets a page that left before the session began', async (t) => {
  const session = deferred<Served>();
  const { ask, home, follow, served, listeners } = await serving(t, { session: session.promise });
  const { response } = await follow();
  response.destroy();
  await until('the end of the stream', BOUND_MS, () => response.closed || undefined);
  // the server learns of the end before it answers
  t.is((await ask(home)).status, 200);
  session.resolve(served);
  await session.promise;
  t.is(listeners.size, 0);
});
