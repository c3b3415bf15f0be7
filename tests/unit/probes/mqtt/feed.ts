import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import test from 'ava';
import { NotSeen, openFeed, within } from '../../../../probes/mqtt/feed.ts';

test('finds a present item, and waits for a later one', async (t) => {
  const feed = openFeed<number>('subject');
  feed.push(1);
  t.is(await feed.first((item) => item === 1, 'one', 10), 1);
  const two = feed.first((item) => item === 2, 'two', 1_000);
  feed.push(2);
  t.is(await two, 2);
  t.deepEqual(feed.items, [1, 2]);
});

test('says in an error who waited, for what and how long', async (t) => {
  const feed = openFeed<number>('alice');
  const waiting = feed.first(() => true, 'PUBLISH', 20);
  await t.throwsAsync(waiting, { instanceOf: NotSeen, message: 'alice: no PUBLISH: not within 0.02 s' });
});

test('renews a bound on silence while other items come', async (t) => {
  const feed = openFeed<number>('alice');
  let isOver = false;
  const waiting = feed
    .first((item) => item === 3, 'three', { quietMs: 60, atMostMs: 60_000 })
    .finally(() => {
      isOver = true;
    });
  for (const from = performance.now(); performance.now() - from < 150; ) {
    feed.push(1);
    await turn();
    t.false(isOver);
  }
  feed.push(3);
  t.is(await waiting, 3);
});

test('renews the wait for an item at the last moment, but not for one of this side', async (t) => {
  const feed = openFeed<'other' | 'own' | 'wanted'>('alice', (item) => item !== 'own');
  const { port1, port2 } = new MessageChannel();
  port2.on('message', () => feed.push('other'));
  const waiting = feed.first((item) => item === 'wanted', 'message', { quietMs: 40, atMostMs: 60_000 });
  port1.postMessage('there');
  for (const from = performance.now(); performance.now() - from < 60; );
  await new Promise((resolve) => port2.once('message', resolve));
  await turn();
  feed.push('wanted');
  t.is(await waiting, 'wanted');
  port1.close();
  const silent = feed.first(() => false, 'answer', { quietMs: 40, atMostMs: 60_000 });
  const sending = setInterval(() => feed.push('own'), 5);
  await t.throwsAsync(silent, { message: 'alice: no answer: not within 0.04 s' });
  clearInterval(sending);
});

test('bounds work that an item ends by silence too', async (t) => {
  const feed = openFeed<number>('alice');
  t.is(await feed.until(Promise.resolve('done'), 'answer', 1_000), 'done');
  const never = new Promise(() => undefined);
  const waiting = t.throwsAsync(feed.until(never, 'answer', { quietMs: 30, atMostMs: 60_000 }), {
    message: /^alice: no answer: not within \d+(\.\d+)? s$/,
  });
  const from = performance.now();
  const coming = setInterval(() => feed.push(1), 5);
  setTimeout(() => clearInterval(coming), 100);
  await waiting;
  t.true(performance.now() - from >= 110);
});

test('ends the longest wait even when items keep coming', async (t) => {
  const feed = openFeed<number>('alice');
  let isOver = false;
  const waiting = feed
    .first((item) => item === 3, 'three', { quietMs: 20, atMostMs: 60 })
    .finally(() => {
      isOver = true;
    });
  const failing = t.throwsAsync(waiting, {
    instanceOf: NotSeen,
    message: /^alice: no three: not within \d+(\.\d+)? s$/,
  });
  const from = performance.now();
  while (!isOver && performance.now() - from < 10_000) {
    feed.push(1);
    await turn();
  }
  await failing;
});

test('accepts an item that came while the process had no turn', async (t) => {
  const feed = openFeed<string>('alice');
  const { port1, port2 } = new MessageChannel();
  port2.on('message', () => feed.push('there'));
  const waiting = feed.first(() => true, 'message', 20);
  port1.postMessage('there');
  for (const from = performance.now(); performance.now() - from < 50; );
  t.is(await waiting, 'there');
  port1.close();
});

test('ends every wait, even a later one, when the feed ends', async (t) => {
  const feed = openFeed<number>('alice');
  const waiting = feed.first(() => true, 'PUBLISH', 60_000);
  feed.end('the connection is closed');
  feed.end('a later reason');
  const ended = { instanceOf: NotSeen, message: 'alice: no PUBLISH: the connection is closed' };
  await t.throwsAsync(waiting, ended);
  await t.throwsAsync(
    feed.first(() => true, 'PUBLISH', 60_000),
    ended,
  );
});

test('bounds any promise', async (t) => {
  t.is(await within(Promise.resolve(1), 'one', 1_000), 1);
  await t.throwsAsync(within(new Promise(() => undefined), 'answer', 10), { message: 'no answer within 0.01 s' });
  await t.throwsAsync(within(Promise.reject(new Error('own')), 'answer', 1_000), { message: 'own' });
});
