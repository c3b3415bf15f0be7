import test from 'ava';
import { NotSeen, openFeed, within } from '../../../probes/feed.ts';

test('an item that is here already, and one that is to come', async (t) => {
  const feed = openFeed<number>('subject');
  feed.push(1);
  t.is(await feed.first((item) => item === 1, 'one', 10), 1);
  const two = feed.first((item) => item === 2, 'two', 1_000);
  feed.push(2);
  t.is(await two, 2);
  t.deepEqual(feed.items, [1, 2]);
});

test('what does not come is told with who waited, for what and how long', async (t) => {
  const feed = openFeed<number>('alice');
  const waiting = feed.first(() => true, 'PUBLISH', 20);
  await t.throwsAsync(waiting, { instanceOf: NotSeen, message: 'alice: no PUBLISH: not within 0.02 s' });
});

test('the end of a feed ends every wait at once, and every later one', async (t) => {
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

test('a bound on any promise', async (t) => {
  t.is(await within(Promise.resolve(1), 'one', 1_000), 1);
  await t.throwsAsync(within(new Promise(() => undefined), 'answer', 10), { message: 'no answer within 0.01 s' });
  await t.throwsAsync(within(Promise.reject(new Error('own')), 'answer', 1_000), { message: 'own' });
});
