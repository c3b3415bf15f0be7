import { setTimeout as wait } from 'node:timers/promises';
import test from 'ava';
import { Store, spaced } from '../../../../live/page/store.ts';

test('a double click sends one command', (t) => {
  const store = new Store();
  const sent: string[] = [];
  store.send = (command) => sent.push(command.do);
  store.ask({ do: 'cut', side: 'publisher' });
  store.ask({ do: 'cut', side: 'publisher' });
  store.ask({ do: 'cut', side: 'subscriber' });
  t.deepEqual(sent, ['cut', 'cut']);
  t.deepEqual(store.state.asked, ['cut publisher', 'cut subscriber']);
});

test('calls at once, and once more for all that comes in between', async (t) => {
  let calls = 0;
  const called = new Promise<void>((resolve) => {
    const { call } = spaced(() => {
      calls += 1;
      if (calls === 2) resolve();
    }, 20);
    for (let count = 0; count < 5; count += 1) call();
    t.is(calls, 1);
  });
  await called;
  t.is(calls, 2);
});

test('calls no more once it is stopped', async (t) => {
  let calls = 0;
  const { call, stop } = spaced(() => {
    calls += 1;
  }, 5);
  call();
  call();
  stop();
  await wait(20);
  t.is(calls, 1);
});
