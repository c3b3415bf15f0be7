import test from 'ava';
import { withCleanUp } from '../../../../checks/harness/clean-up.ts';

const run = { stopped: new AbortController().signal };
const broken = () => Promise.reject(new Error('the clean-up failed'));

test('a failure that the work found comes before a clean-up that failed', async (t) => {
  const found = { verdict: 'fail', observed: 'a leak' };
  t.is(await withCleanUp(run, async () => found, broken), found);
  const lost = () => Promise.reject(new Error('the work failed'));
  await t.throwsAsync(withCleanUp(run, lost, broken), { message: 'the work failed' });
});

test('a clean-up that failed comes before work that passed', async (t) => {
  const passed = async () => ({ verdict: 'pass', observed: 1 });
  await t.throwsAsync(withCleanUp(run, passed, broken), { message: 'the clean-up failed' });
});
