import test from 'ava';
import { follow } from '../../../../live/page/connection.ts';
import { Store } from '../../../../live/page/store.ts';
import { until } from '../../../lab/support/until.ts';

const BOUND_MS = 5_000;

class NoEvents {
  addEventListener() {}
}

// in serial: others use the same globals
test.serial('a refusal by the server is a trouble of the page, but not what the events say already', async (t) => {
  const { fetch, EventSource } = globalThis;
  t.teardown(() => Object.assign(globalThis, { fetch, EventSource }));
  const answers = [new Response('no, twice', { status: 422 }), new Response('no, once', { status: 429 })];
  Object.assign(globalThis, { EventSource: NoEvents, fetch: async () => answers.shift() });
  const store = new Store();
  follow(store);
  for (let count = 0; count < 2; count += 1) store.send({ do: 'stop' });
  await until('a trouble', BOUND_MS, () => store.state.troubles.at(-1)?.text === 'no, once' || undefined);
  t.is(store.state.troubles.length, 1);
});
