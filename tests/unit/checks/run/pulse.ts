import test from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { openTestLab } from '../../../../checks/harness/test-lab.ts';
import { openPulse } from '../../../../checks/run/pulse.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const EVERY_MS = 5;

function labWith(logIn: () => Promise<never>) {
  const broker = liveBrokerAt({ address: '127.0.0.1', port: 1 }, { host: { kind: 'local' } });
  const live = { lab: labOf(TWO_USERS), broker, pis: [] };
  return { ...openTestLab(live, new AbortController().signal), raw: logIn };
}

test('logs in again and again while no check does, one login at a time', async (t) => {
  const refused = new Error('refused');
  const ends = [deferred<never>(), deferred<never>()];
  const looked = [deferred<void>(), deferred<void>(), deferred<void>()];
  let looks = 0;
  const isQuiet = () => {
    looked[looks]?.resolve();
    looks += 1;
    return true;
  };
  const begun = [deferred<void>(), deferred<void>()];
  let count = 0;
  const logIn = async (): Promise<never> => {
    count += 1;
    begun[count - 1]?.resolve();
    return await (ends[count - 1]?.promise ?? Promise.reject(refused));
  };
  using _pulse = openPulse(labWith(logIn), { isQuiet }, EVERY_MS);
  await begun[0]?.promise;
  // it looks again while the first login is under way
  await looked[2]?.promise;
  t.is(count, 1);
  ends[0]?.reject(refused);
  await begun[1]?.promise;
  t.is(count, 2);
});

test('does nothing while checks log in', async (t) => {
  let asked = 0;
  const twice = deferred<void>();
  const isQuiet = () => {
    asked += 1;
    if (asked === 2) twice.resolve();
    return false;
  };
  using _pulse = openPulse(
    labWith(async () => t.fail()),
    { isQuiet },
    EVERY_MS,
  );
  await twice.promise;
  t.pass();
});
