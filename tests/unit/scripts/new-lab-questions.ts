import test from 'ava';
import { InputError } from '../../../base/errors.ts';
import { askForPlaces } from '../../../scripts/new-lab-questions.ts';

const { signal } = new AbortController();

test('asks nothing where options say it', async (t) => {
  const places = await askForPlaces({ broker: 'local', pis: ['1', 'ssh://pi@hall.local'] }, signal);
  t.deepEqual(places.broker, { host: 'local' });
  t.deepEqual([...places.pis.keys()], ['pi', 'hall']);
});

test('without a terminal the place of the broker is required, that of Pis is not', async (t) => {
  t.is((await askForPlaces({ broker: 'container', pis: [] }, signal)).pis.size, 0);
  await t.throwsAsync(askForPlaces({ broker: undefined, pis: ['1'] }, signal), {
    instanceOf: InputError,
    message: /--broker/,
  });
});
