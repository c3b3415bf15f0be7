import test from 'ava';
import { openInOrder } from '../../../live/in-order.ts';
import { until } from '../../lab/support/until.ts';

function setUp(holdMs: number) {
  const got: string[] = [];
  return {
    got,
    inOrder: openInOrder<string>(
      () => holdMs,
      (item, at) => got.push(`${item} ${at}`),
    ),
  };
}

test('hands events on at once where none is from another host', (t) => {
  const { got, inOrder } = setUp(0);
  inOrder.push('a', 2);
  inOrder.push('b', 1);
  t.deepEqual(got, ['a 2', 'b 1']);
});

test('an event that arrives late takes its place by its time', async (t) => {
  const { got, inOrder } = setUp(30);
  inOrder.push('copy', 12);
  inOrder.push('after', 13);
  inOrder.push('publish', 10);
  inOrder.push('same time', 10);
  t.deepEqual(got, []);
  await until('all events', 5_000, () => (got.length === 4 ? true : undefined));
  t.deepEqual(got, ['publish 10', 'same time 10', 'copy 12', 'after 13']);
});

test('an event that is due does not wait for earlier ones that came after it', async (t) => {
  const { got, inOrder } = setUp(20);
  inOrder.push('first', 5);
  await until('the first', 5_000, () => (got.length > 0 ? true : undefined));
  inOrder.push('second', 4);
  await until('the second', 5_000, () => (got.length > 1 ? true : undefined));
  t.deepEqual(got, ['first 5', 'second 4']);
});

test('flush hands on everything', (t) => {
  const { got, inOrder } = setUp(60_000);
  inOrder.push('b', 2);
  inOrder.push('a', 1);
  inOrder.flush();
  t.deepEqual(got, ['a 1', 'b 2']);
});
