import test, { type ExecutionContext } from 'ava';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { readSaved } from '../../../live/answers/read-saved.ts';
import type { EventOf, LiveEvent, Settings } from '../../../live/protocol.ts';
import { openLiveSession, type SessionOptions } from '../../../live/session.ts';
import { until } from '../../lab/support/until.ts';
import { accept, fakeBroker } from '../_fake-broker.ts';
import { labOf } from '../_lab.ts';
import { liveBrokerAt } from '../_live.ts';
import { folderFor } from '../_sh.ts';

const BOUND_MS = 20_000;
const LAB = labOf(`name: live
users: { sam: { password: sam }, alice: { password: alice } }
topics: { status: { publish: [sam], subscribe: [alice] } }
`);

/** A live session at a broker of a few lines, which notes what it receives. */
async function opened(t: ExecutionContext, options: SessionOptions = {}) {
  const received: string[] = [];
  const endpoint = await fakeBroker(t, (packet, socket) => {
    received.push(packet.cmd);
    accept(packet, socket);
  });
  const live: LiveLab = { lab: { ...LAB, directory: folderFor(t) }, broker: liveBrokerAt(endpoint), pis: [] };
  const session = openLiveSession(live, options);
  t.teardown(() => session[Symbol.asyncDispose]());
  const settings = (user: string): Settings => ({
    ...{ user, place: '', program: 'mqtt.js', version: 4, clean: true, keepAlive: 60, listener: endpoint.port },
  });
  const { events } = session.transcript;
  return {
    ...{ session, received, events },
    connectPublisher: () => session.execute({ do: 'connect', side: 'publisher', settings: settings('sam') }),
    connectSubscriber: () => session.execute({ do: 'connect', side: 'subscriber', settings: settings('alice') }),
    come: async (what: string, matches: (event: LiveEvent) => boolean) =>
      await until(what, BOUND_MS, () => events.find(matches)),
    all: <K extends LiveEvent['is']>(is: K) => events.filter((event): event is EventOf<K> => event.is === is),
  };
}

test('a full transcript ends both clients, says so once, and can be saved', async (t) => {
  const { session, received, events, connectPublisher, connectSubscriber, come, all } = await opened(t, {
    mostEvents: 60,
  });
  await connectSubscriber();
  await connectPublisher();
  const message = { topic: 'status', payload: 'on', qos: 0, retain: false } as const;
  await session.execute({ do: 'publish', ...message, perSecond: 200 });
  for (const side of ['publisher', 'subscriber'] as const)
    await come(
      `the end of the ${side}`,
      (event) => event.is === 'state' && event.side === side && event.state === 'ended',
    );
  const full = 'the transcript is full (60 events), so both clients are ended';
  const troubles = all('trouble');
  t.deepEqual(
    troubles.map(({ text, seq }) => [text.split(';')[0], seq]),
    [[full, 61]],
  );
  t.is(received.filter((cmd) => cmd === 'disconnect').length, 2);
  t.like(all('rate').at(-1), { perSecond: 0 });
  t.deepEqual([...new Set(events.slice(61).map(({ is }) => is))].sort(), ['rate', 'state']);

  const connects = received.filter((cmd) => cmd === 'connect').length;
  await t.throwsAsync(connectPublisher(), { message: new RegExp(`connect: ${full.replaceAll(/[()]/g, '\\$&')}`) });
  t.is(received.filter((cmd) => cmd === 'connect').length, connects);
  t.is(events.at(-1)?.is, 'trouble');

  await session.execute({ do: 'save', student: 'Ada' });
  const [saved] = all('saved');
  if (saved === undefined) return t.fail();
  t.deepEqual((await readSaved(saved.html)).events, events.slice(0, -1));
});
