import test, { type ExecutionContext } from 'ava';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { readSaved } from '../../../live/answers/read-saved.ts';
import { PROOFS } from '../../../live/checkpoint/proofs.ts';
import type { EventOf, LiveEvent, Settings, Side } from '../../../live/protocol.ts';
import { openLiveSession, type SessionOptions } from '../../../live/session.ts';
import type { Endpoint } from '../../../probes/mqtt/endpoint.ts';
import { until } from '../../lab/support/until.ts';
import { accept, deafBroker, fakeBroker } from '../_fake-broker.ts';
import { labOf } from '../_lab.ts';
import { liveBrokerAt } from '../_live.ts';
import { folderFor } from '../_sh.ts';

const BOUND_MS = 20_000;
const LAB = `name: live
users: { sam: { password: a password of sam }, alice: { password: alice } }
topics: { status: { publish: [sam], subscribe: [alice] } }
`;

/** A live session at a broker of a few lines, which notes what it receives. */
async function opened(t: ExecutionContext, options: SessionOptions = {}, at?: Endpoint) {
  const received: string[] = [];
  const lab = { ...labOf(LAB), directory: folderFor(t) };
  const fake = await fakeBroker(t, (packet, socket) => {
    received.push(packet.cmd);
    accept(packet, socket);
    const { cmd, messageId = 0 } = packet;
    if (cmd === 'publish' && packet.qos === 1) socket.write(Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]));
  });
  const endpoint = at ?? fake;
  const live: LiveLab = { lab, broker: liveBrokerAt(endpoint), pis: [] };
  const session = openLiveSession(live, options);
  t.teardown(() => session[Symbol.asyncDispose]());
  const settings = (user: string): Settings => ({
    ...{ user, place: '', program: 'mqtt.js', version: 4, clean: true, keepAlive: 60, listener: endpoint.port },
  });
  const { events } = session.transcript;
  return {
    ...{ session, lab, received, events },
    connectPublisher: () => session.execute({ do: 'connect', side: 'publisher', settings: settings('sam') }),
    connectSubscriber: () => session.execute({ do: 'connect', side: 'subscriber', settings: settings('alice') }),
    /** Waits until the newest state of a side is its end. */
    ended: async (side: Side) => {
      await until(`the end of the ${side}`, BOUND_MS, () => {
        const newest = events.findLast((event) => event.is === 'state' && event.side === side);
        return newest?.is === 'state' && newest.state === 'ended' ? newest : undefined;
      });
    },
    all: <K extends LiveEvent['is']>(is: K) => events.filter((event): event is EventOf<K> => event.is === is),
  };
}

test.serial('a full transcript ends both clients, says so once, and can be saved', async (t) => {
  const { session, received, events, connectPublisher, connectSubscriber, ended, all } = await opened(t, {
    mostEvents: 60,
  });
  await connectSubscriber();
  await connectPublisher();
  const message = { topic: 'status', payload: 'on', qos: 0, retain: false } as const;
  await session.execute({ do: 'publish', ...message, perSecond: 200 });
  await ended('publisher');
  await ended('subscriber');
  const full = 'the transcript is full (60 events), so the live view ended both clients';
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

test.serial('saves at the end what the student has not saved, and nothing twice', async (t) => {
  const { session } = await opened(t);
  t.is(await session.saveUnsaved(), undefined);
  await session.execute({ do: 'answer', step: '2.3c', text: 'about a minute' });
  const file = await session.saveUnsaved();
  t.is((await readSaved(file ?? '')).student, 'unnamed');
  t.is(await session.saveUnsaved(), undefined);
});

test.serial('words about a packet have its time', async (t) => {
  const { events, connectSubscriber, all } = await opened(t);
  await connectSubscriber();
  const words = await until('words', BOUND_MS, () => all('words')[0]);
  const connack = events.find((event) => event.is === 'packet' && event.packet.type === 'CONNACK');
  t.is(connack?.at, words.at);
});

test.serial('a page that was closed is named as the reason why the clients ended', async (t) => {
  const { session, events, connectSubscriber, ended, all } = await opened(t);
  const closed = () => all('words').filter(({ text }) => text.startsWith('The page was closed'));
  await session.endClients();
  t.is(closed().length, 0);
  await connectSubscriber();
  await session.endClients();
  await ended('subscriber');
  const sent = events.findLast((event) => event.is === 'packet' && event.packet.type === 'DISCONNECT');
  t.deepEqual(
    closed().map(({ seq }) => seq < (sent?.seq ?? 0)),
    [true],
  );
});

for (const how of ['its end is asked for', 'the last page is closed'] as const) {
  test.serial(`a client whose connection does not open is given up when ${how}`, async (t) => {
    const { session, events, connectPublisher, all } = await opened(t, {}, await deafBroker(t));
    const connecting = connectPublisher();
    await until('the SYN', BOUND_MS, () => events.find((event) => event.is === 'tcp'));
    const begun = performance.now();
    await t.throwsAsync(connectPublisher(), { message: /it is connected; end it first/ });
    if (how === 'the last page is closed') await session.endClients();
    else await session.execute({ do: 'end', side: 'publisher', how: 'kill' });
    await connecting;
    t.true(performance.now() - begun < 8_000);
    t.deepEqual(
      all('state').map(({ state }) => state),
      ['connecting', 'idle'],
    );
    t.is(all('trouble').length, 1);
    await t.throwsAsync(session.execute({ do: 'end', side: 'publisher', how: 'kill' }), {
      message: /is not connected/,
    });
  });
}

type Opened = Awaited<ReturnType<typeof opened>>;

function fail(): never {
  throw new TypeError('nothing knows a password of sam');
}

/** The words about a retained message ask for rights at once, those about one that nobody got after a second. */
async function publishWithoutRules({ session, lab }: Opened, retain: boolean): Promise<void> {
  Object.defineProperty(lab, 'rules', { get: fail });
  await session.execute({ do: 'publish', topic: 'status', payload: 'on', qos: 1, retain });
}

/** [where it happens; what makes it happen] */
const ERRORS: readonly (readonly [string, (opened: Opened) => Promise<unknown>])[] = [
  ['the words about a packet', (live) => publishWithoutRules(live, true)],
  ['the words after some time', (live) => publishWithoutRules(live, false)],
  [
    'the bytes of a packet',
    async ({ session, lab, connectPublisher, ended }) => {
      await session.execute({ do: 'end', side: 'publisher', how: 'disconnect' });
      await ended('publisher');
      const [password] = lab.users.flatMap((user) => user.password ?? []);
      if (password === undefined) throw new Error('no password');
      const [text, asked] = [password.reveal(), { times: 0 }];
      // the client asks first
      password.reveal = () => (++asked.times === 1 ? text : fail());
      await connectPublisher();
    },
  ],
];

for (const [where, provoke] of ERRORS) {
  test.serial(
    `an error of the live view itself in ${where} ends both clients, and the answers can be saved`,
    async (t) => {
      const live = await opened(t);
      await live.connectSubscriber();
      await live.connectPublisher();
      await provoke(live);
      await isOver(t, live);
    },
  );
}

test.serial('an error of the live view itself in what the end of a client calls ends both clients', async (t) => {
  const proof = PROOFS['2.2a'];
  t.teardown(() => Object.assign(PROOFS, { '2.2a': proof }));
  const take = (event: LiveEvent) => (event.is === 'state' && event.state === 'ended' ? fail() : undefined);
  Object.assign(PROOFS, { '2.2a': () => ({ take }) });
  const live = await opened(t);
  await live.connectSubscriber();
  await live.connectPublisher();
  await live.session.execute({ do: 'end', side: 'publisher', how: 'fin' });
  await isOver(t, live);
});

async function isOver(t: ExecutionContext, { session, received, connectPublisher, all, ended }: Opened): Promise<void> {
  await ended('publisher');
  await ended('subscriber');
  t.deepEqual(
    all('trouble').map(({ text }) => text.split(';')[0]),
    ['the live view itself failed (nothing knows [secret]), so the live view ended both clients'],
  );
  t.true(received.includes('disconnect'));
  await t.throwsAsync(connectPublisher(), { message: /connect: the live view itself failed/ });
  await session.execute({ do: 'save', student: 'Ada' });
  const [saved] = all('saved');
  t.is((await readSaved(saved?.json ?? '')).events.length, (saved?.seq ?? 0) - 1);
}
