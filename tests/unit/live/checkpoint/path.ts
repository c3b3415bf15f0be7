import test from 'ava';
import { openPath } from '../../../../live/checkpoint/path.ts';
import { PROOFS } from '../../../../live/checkpoint/proofs.ts';
import type { LiveEvent } from '../../../../live/protocol.ts';
import { stepSchema } from '../../../../live/protocol.ts';
import { ANSWER, DEEDS, openView, STEPS, wholeSession } from './_transcript.ts';

const proved = (events: readonly LiveEvent[]) =>
  events.filter((event) => event.is === 'proved').map(({ step }) => step);

test('every step has a proof and a deed, and is a valid step', (t) => {
  t.deepEqual(
    STEPS.map(({ id }) => id),
    Object.keys(PROOFS),
  );
  t.deepEqual(
    STEPS.map(({ id }) => id),
    Object.keys(DEEDS),
  );
  for (const step of STEPS) t.notThrows(() => stepSchema.parse(step));
});

for (const [id, deed] of Object.entries(DEEDS)) {
  test(`${id} is proved by what it asks for, from events that came before`, (t) => {
    const stream = openView();
    deed(stream);
    const [proof] = stream.events.filter((event) => event.is === 'proved').filter(({ step }) => step === id);
    t.truthy(proof);
    t.true((proof?.seqs.length ?? 0) >= 2);
    t.true(proof?.seqs.every((seq) => seq < proof.seq && stream.events[seq - 1]?.is !== 'words'));
  });

  test(`${id} needs each kind of event of its proof`, (t) => {
    const stream = openView();
    deed(stream);
    const [proof] = stream.events.filter((event) => event.is === 'proved').filter(({ step }) => step === id);
    const kinds = new Set(proof?.seqs.map((seq) => kindOf(stream.events[seq - 1])));
    for (const kind of kinds) {
      if (REPLACEABLE.has(`${id} ${kind}`)) continue;
      const path = openPath(STEPS);
      const others = stream.events.filter((event) => kindOf(event) !== kind);
      const found = others.flatMap((event) => path.take(event)).filter((event) => event.is === 'proved');
      t.deepEqual(
        found.filter(({ step }) => step === id),
        [],
        `without ${kind}`,
      );
    }
  });
}

/** Any event shows that time has passed; the state shows the end of a connection as RST does. */
const REPLACEABLE = new Set(['2.1 PINGREQ', '2.4c PINGREQ', '2.4b RST']);

function kindOf(event: LiveEvent | undefined): string {
  if (event?.is === 'packet') return event.packet.type;
  return event?.is === 'tcp' ? event.what : `${event?.is}`;
}

test('a whole session proves every step once', (t) => {
  t.deepEqual(proved(wholeSession().events).toSorted(), STEPS.map(({ id }) => id).toSorted());
});

test('names of the lab are in the steps, and no others', (t) => {
  const text = JSON.stringify(STEPS);
  t.true(text.includes('news') && text.includes('door') && text.includes('sam') && text.includes('alice'));
  t.false(text.includes('status'));
});

test('2.3c is not proved by a short answer, nor by an answer without pings', (t) => {
  const short = openView();
  DEEDS['2.3b']?.(short);
  short.add({ is: 'answered', step: '2.3c', text: 'Sixty seconds.' });
  t.false(proved(short.events).includes('2.3c'));
  const idle = openView();
  idle.add({ is: 'answered', step: '2.3c', text: ANSWER });
  t.false(proved(idle.events).includes('2.3c'));
  const early = openView();
  early.add({ is: 'answered', step: '2.3c', text: ANSWER });
  DEEDS['2.3b']?.(early);
  t.false(proved(early.events).includes('2.3c'));
});

test('2.4a needs wills on the topic of the step, and a subscription to it', (t) => {
  const wills = (topic: string, filter: string | undefined) => {
    const will = { topic, payload: 'gone', qos: 0, retain: false } as const;
    const stream = openView().connect('publisher', { will }).connect('subscriber', { will });
    if (filter !== undefined) stream.subscribe('subscriber', filter);
    return proved(stream.events).includes('2.4a');
  };
  t.true(wills('news', '#'));
  t.false(wills('news', undefined));
  t.false(wills('news', 'door'));
  t.false(wills('door', '#'));
});

test('2.1 is proved by a subscription without effect as well', (t) => {
  const stream = openView();
  stream.connect('subscriber').subscribe('subscriber', 'door', 1).connect('publisher');
  const message = { topic: 'door', qos: 1 } as const;
  stream.hop('publisher', { ...message, payload: 'a' }).hop('subscriber', { ...message, payload: 'a' });
  stream.disconnect('subscriber').connect('subscriber', { user: 'bob' }).subscribe('subscriber', 'door', 1);
  stream
    .hop('publisher', { ...message, payload: 'b' })
    .wait(500)
    .ping('subscriber');
  t.false(proved(stream.events).includes('2.1'));
  stream.wait(600).ping('subscriber');
  t.true(proved(stream.events).includes('2.1'));
});

test('2.1 takes the copy of an equal text for the message of the user with the right', (t) => {
  const message = { topic: 'door', payload: 'on', qos: 1 } as const;
  const stream = openView().connect('subscriber').subscribe('subscriber', 'door', 1);
  stream.connect('publisher', { user: 'alice' }).hop('publisher', message).wait(1_500).ping('subscriber');
  const denied = stream.seqOf('PUBLISH');
  stream.disconnect('publisher').connect('publisher').hop('publisher', message).hop('subscriber', message);
  const [proof] = stream.events.filter((event) => event.is === 'proved').filter(({ step }) => step === '2.1');
  const copy = stream.events.findLast((event) => event.is === 'packet' && event.packet.type === 'PUBLISH');
  t.true(proof?.seqs.includes(denied) && proof.seqs.includes(copy?.seq ?? 0));
});

test('2.1 is proved by a message that has not come when words follow, or when its reader ends', (t) => {
  const message = { topic: 'door', qos: 1 } as const;
  for (const isEnd of [true, false]) {
    const stream = openView().connect('subscriber').subscribe('subscriber', 'door', 1).connect('publisher');
    stream.hop('publisher', { ...message, payload: 'a' }).hop('subscriber', { ...message, payload: 'a' });
    stream.disconnect('publisher').connect('publisher', { user: 'alice' });
    stream.hop('publisher', { ...message, payload: 'b' }).wait(1_100);
    t.false(proved(stream.events).includes('2.1'));
    if (isEnd) stream.disconnect('subscriber');
    else stream.add({ is: 'words', text: 'The broker dropped it.', isContradiction: false, seqs: [1] });
    t.true(proved(stream.events).includes('2.1'));
  }
});

test('2.1 is not proved over MQTT 5, where the broker may refuse the message', (t) => {
  const message = { topic: 'door', qos: 1 } as const;
  for (const code of [0, 0x87]) {
    const stream = openView().connect('subscriber').subscribe('subscriber', 'door', 1).connect('publisher');
    stream.hop('publisher', { ...message, payload: 'a' }).hop('subscriber', { ...message, payload: 'a' });
    stream.disconnect('publisher').connect('publisher', { user: 'alice', version: 5 });
    stream.publish('publisher', 'sent', { ...message, payload: 'b' });
    stream.answer('publisher', 'received', 'puback', 7, code);
    stream.wait(2_000).ping('subscriber');
    t.false(proved(stream.events).includes('2.1'));
  }
});

test('2.1 is not proved where everything arrives', (t) => {
  const stream = openView();
  stream.connect('subscriber').subscribe('subscriber', 'door', 1).connect('publisher');
  for (const payload of ['one', 'two'])
    stream.hop('publisher', { topic: 'door', payload, qos: 1 }).hop('subscriber', { topic: 'door', payload, qos: 1 });
  stream.wait(5_000).ping('subscriber');
  t.false(proved(stream.events).includes('2.1'));
});

test('2.1 is not proved by a message that the cable kept back', (t) => {
  const stream = openView();
  stream.connect('subscriber').subscribe('subscriber', 'door', 1).connect('publisher');
  stream
    .hop('publisher', { topic: 'door', payload: 'open', qos: 1 })
    .hop('subscriber', { topic: 'door', payload: 'open', qos: 1 });
  stream.disconnect('publisher').connect('publisher', { user: 'alice' });
  stream.tcp('subscriber', 'silent');
  stream.hop('publisher', { topic: 'door', payload: 'mine', qos: 1 }).wait(1_500);
  stream.tcp('subscriber', 'through');
  stream.ping('subscriber');
  t.false(proved(stream.events).includes('2.1'));
});

test('2.4b is not proved by a will after FIN, nor by one that comes late', (t) => {
  const will = { topic: 'news', payload: 'gone', qos: 0, retain: false } as const;
  const start = () => openView().connect('subscriber').subscribe('subscriber', 'news').connect('publisher', { will });
  const closed = start();
  closed.tcp('publisher', 'FIN', 'client');
  closed.hop('subscriber', { topic: 'news', payload: 'gone' });
  t.false(proved(closed.events).includes('2.4b'));
  const late = start().kill('publisher').wait(6_000).hop('subscriber', { topic: 'news', payload: 'gone' });
  t.false(proved(late.events).includes('2.4b'));
});

test('2.4b is proved by a will that comes before the end of the connection is reported, or without that report', (t) => {
  const will = { topic: 'news', payload: 'gone', qos: 0, retain: false } as const;
  for (const isSeen of [true, false]) {
    const stream = openView().connect('subscriber').subscribe('subscriber', 'news').connect('publisher', { will });
    stream.tcp('publisher', 'killed', 'client');
    stream.hop('subscriber', { topic: 'news', payload: 'gone' }).wait(1_000);
    t.false(proved(stream.events).includes('2.4b'));
    if (isSeen) stream.tcp('publisher', 'FIN', 'client');
    else stream.add({ is: 'state', side: 'publisher', state: 'ended' });
    t.true(proved(stream.events).includes('2.4b'));
  }
});

test('2.4c needs DISCONNECT and outage', (t) => {
  const will = { topic: 'news', payload: 'gone', qos: 0, retain: false } as const;
  const start = () =>
    openView().connect('subscriber').subscribe('subscriber', 'news').connect('publisher', { will, keepAlive: 5 });
  const only = start().disconnect('publisher').wait(4_000).ping('subscriber');
  t.false(proved(only.events).includes('2.4c'));
  const early = start()
    .disconnect('publisher')
    .wait(4_000)
    .ping('subscriber')
    .connect('publisher', { will, keepAlive: 5 });
  early.tcp('publisher', 'silent');
  early.wait(2_000).hop('subscriber', { topic: 'news', payload: 'gone' });
  t.false(proved(early.events).includes('2.4c'));
});

test('2.2d is not proved by QoS 1, nor 2.1 by a loss between users whose messages arrive', (t) => {
  const stream = openView();
  stream.connect('subscriber').subscribe('subscriber', 'door', 0).connect('publisher');
  stream.hop('publisher', { topic: 'door', payload: 'a', qos: 1 }).hop('subscriber', { topic: 'door', payload: 'a' });
  stream.hop('publisher', { topic: 'door', payload: 'b', qos: 1 }).wait(2_000).ping('subscriber');
  t.deepEqual(proved(stream.events), []);
});

test('2.2d is proved in a kept session that had a higher QoS before', (t) => {
  const kept = { clean: false, clientId: 'one' };
  const stream = openView().connect('subscriber', kept).subscribe('subscriber', 'news', 2).disconnect('subscriber');
  stream
    .connect('subscriber', { ...kept, isPresent: true })
    .subscribe('subscriber', 'news', 0)
    .connect('publisher');
  stream.hop('publisher', { topic: 'news', qos: 2 }).hop('subscriber', { topic: 'news' });
  t.true(proved(stream.events).includes('2.2d'));
});
