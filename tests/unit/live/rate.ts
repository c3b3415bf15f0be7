import test from 'ava';
import type { NewEvent } from '../../../live/protocol.ts';
import { openRate } from '../../../live/rate.ts';
import { refusal } from '../../../live/settings.ts';
import { until } from '../../lab/support/until.ts';

const message = { topic: 'status', payload: Buffer.from('hello'), qos: 0, retain: false } as const;

function setUp(fails = () => false) {
  const published: string[] = [];
  const events: NewEvent[] = [];
  const publisher = {
    publish: ({ payload }: { payload: Buffer }) => {
      if (fails()) throw refusal('publish', 'the publisher is not connected');
      published.push(payload.toString());
    },
  };
  const rate = openRate({ publisher, add: (event) => events.push(event) });
  return { published, events, rate };
}

test('publishes once, with the text as it is', (t) => {
  const { published, events, rate } = setUp();
  rate.publish(message, undefined);
  t.deepEqual([published, events], [['hello'], []]);
});

test('numbers the messages of a rate until it is stopped', async (t) => {
  const { published, events, rate } = setUp();
  rate.publish(message, 200);
  await until('three messages', 5_000, async () => (published.length >= 3 ? true : undefined));
  rate.stop();
  t.deepEqual(published.slice(0, 3), ['hello 1', 'hello 2', 'hello 3']);
  t.deepEqual(events, [
    { is: 'rate', perSecond: 200 },
    { is: 'rate', perSecond: 0 },
  ]);
  const sent = published.length;
  rate.stop();
  t.is(published.length, sent);
});

test('stops a rate when the publisher is gone, and says why', async (t) => {
  let isGone = false;
  const { events, rate } = setUp(() => isGone);
  rate.publish(message, 200);
  isGone = true;
  await until('trouble', 5_000, async () => events.find(({ is }) => is === 'trouble'));
  t.deepEqual(events.at(-2), { is: 'rate', perSecond: 0 });
  t.deepEqual(events.at(-1), { is: 'trouble', text: 'live view: publish: the publisher is not connected' });
});
