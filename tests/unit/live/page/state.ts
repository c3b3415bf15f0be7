import test from 'ava';
import { afterEvents, START, withAsked, withoutTrouble, withTrouble } from '../../../../live/page/state.ts';
import type { NewEvent, Settings } from '../../../../live/protocol.ts';
import { BEGIN, numbered, packet, tcp } from './_events.ts';

const settings: Settings = {
  ...{ user: 'sam', place: '', program: 'mqtt.js', version: 5, clean: true, keepAlive: 5, listener: 1883 },
};
const after = (...events: NewEvent[]) => afterEvents(START, numbered(events));
const state = (name: 'idle' | 'connecting' | 'connected' | 'ended', more = {}): NewEvent => ({
  ...{ is: 'state', side: 'publisher', state: name },
  ...more,
});

test('ignores events that came before a reconnection', (t) => {
  const events = numbered([packet('publisher', 'PINGREQ'), packet('publisher', 'PINGRESP')]);
  const once = afterEvents(START, events);
  const twice = afterEvents(once, [...events, ...numbered([packet('publisher', 'PINGREQ')], 3)]);
  t.is(twice.lastSeq, 3);
  t.is(twice.slots.length, 6);
  t.deepEqual(
    twice.fresh.map(({ seq }) => seq),
    [3],
  );
});

test('does not change the state before', (t) => {
  const before = after(packet('publisher', 'PINGREQ'));
  const copy = structuredClone(before);
  afterEvents(before, numbered([packet('publisher', 'PINGREQ'), tcp('publisher', 'silent')], 2));
  t.deepEqual(before, copy);
});

test('a connection keeps its settings after its end, and says why it ended', (t) => {
  const { connections } = after(
    state('connecting', { settings }),
    state('connected', { settings, clientId: 'sam-1' }),
    state('ended', { why: 'The broker closed it.' }),
  );
  t.is(connections.publisher.state, 'ended');
  t.is(connections.publisher.settings?.keepAlive, 5);
  t.is(connections.publisher.why, 'The broker closed it.');
  t.is(connections.publisher.clientId, undefined);
});

test('the cable of a side stays pulled until it is plugged in, whatever its connection does', (t) => {
  t.true(after(tcp('publisher', 'silent'), state('ended')).connections.publisher.isCut);
  const plugged = after(tcp('publisher', 'silent'), state('ended'), tcp('publisher', 'through'));
  t.false(plugged.connections.publisher.isCut);
});

test('a new connection begins a new plot of its side alone', (t) => {
  const { series } = after(
    packet('publisher', 'PINGREQ'),
    packet('subscriber', 'PINGREQ'),
    state('connecting', { settings }),
  );
  t.is(series.publisher.length, 0);
  t.is(series.subscriber.length, 1);
});

test('a new connection begins without the counters of the last', (t) => {
  const counted = (side: 'publisher' | 'subscriber'): NewEvent => ({ is: 'counters', side, packets: 9, mqttBytes: 99 });
  const { counters } = after(counted('publisher'), counted('subscriber'), state('connecting', { settings }));
  t.is(counters.publisher, undefined);
  t.is(counters.subscriber?.packets, 9);
});

test('a new connection of the subscriber begins without latencies', (t) => {
  const latency: NewEvent = { is: 'latency', ms: 3, errorMs: 0, seqs: [1, 2] };
  t.is(after(latency, state('connecting', { settings, side: 'subscriber' })).latencies.length, 0);
  t.is(after(latency, state('connecting', { settings })).latencies.length, 1);
});

test('the subscriber has the subscriptions that the broker answered on this connection', (t) => {
  const subscribe = (packetId: number, ...names: string[]) => {
    const filters = names.map((filter) => ({ filter, qos: 2 }));
    return packet('subscriber', 'SUBSCRIBE', { packetId, filters });
  };
  const answer = (packetId: number, ...codes: number[]) => packet('subscriber', 'SUBACK', { packetId, codes });
  const asked = [subscribe(1, 'a', 'b'), subscribe(2, 'c'), answer(2, 1), answer(1, 2, 0x80)];
  t.deepEqual([...after(subscribe(1, 'a')).subscribed.codes], []);
  const codes = [...after(...asked).subscribed.codes].sort();
  t.deepEqual(codes, [
    ['a', 2],
    ['b', 0x80],
    ['c', 1],
  ]);
  t.is(after(...asked, subscribe(3, 'a'), answer(3, 0)).subscribed.codes.get('a'), 0);
  t.is(after(...asked, state('connecting', { settings, side: 'subscriber' })).subscribed.codes.size, 0);
  t.is(after(...asked, state('connecting', { settings })).subscribed.codes.size, 3);
});

test('a step keeps its prediction, its proof and its answer', (t) => {
  const { steps } = after(
    { is: 'predicted', step: '2.2d', choice: 1 },
    { is: 'proved', step: '2.2d', seqs: [4, 7] },
    { is: 'answered', step: '2.2d', text: 'one' },
    { is: 'answered', step: '2.2d', text: 'two' },
    { is: 'answered', step: '3', text: 'other' },
  );
  t.deepEqual(steps, { '2.2d': { choice: 1, proof: [4, 7], provedAt: BEGIN + 2, text: 'two' }, 3: { text: 'other' } });
});

test('keeps counters, latencies, rate, words and saved paths', (t) => {
  const next = after(
    { is: 'counters', side: 'publisher', packets: 2, mqttBytes: 40 },
    { is: 'latency', ms: 3, errorMs: 0.1, seqs: [1, 2] },
    { is: 'rate', perSecond: 20 },
    { is: 'words', text: 'So it was.', isContradiction: false, seqs: [1] },
    { is: 'saved', html: 'a.html', json: 'a.json' },
  );
  t.is(next.counters.publisher?.mqttBytes, 40);
  t.like(next.latencies[0], { ms: 3, errorMs: 0.1 });
  t.is(next.perSecond, 20);
  t.is(next.words[0]?.text, 'So it was.');
  t.is(next.saved?.json, 'a.json');
});

test('a command stays asked until its outcome comes', (t) => {
  const cut = withAsked(START, { do: 'cut', side: 'publisher' });
  const askedAfter = (event: NewEvent) => afterEvents(cut, numbered([event])).asked;
  t.deepEqual(cut.asked, ['cut publisher']);
  t.deepEqual(askedAfter(packet('publisher', 'PINGREQ')), ['cut publisher']);
  t.deepEqual(askedAfter(tcp('subscriber', 'silent')), ['cut publisher']);
  t.deepEqual(askedAfter(tcp('publisher', 'through')), ['cut publisher']);
  t.deepEqual(askedAfter(tcp('publisher', 'silent')), []);
  t.deepEqual(askedAfter({ is: 'trouble', text: 'no' }), []);
  t.deepEqual(withTrouble(cut, 'no answer').asked, []);
});

test('a connection is asked for until its state changes, and a restart until it begins', (t) => {
  const connecting = withAsked(START, { do: 'connect', side: 'publisher', settings });
  t.deepEqual(connecting.asked, ['connect publisher']);
  t.deepEqual(afterEvents(connecting, numbered([state('connecting', { settings })])).asked, []);
  const restarting = withAsked(START, { do: 'restart broker' });
  t.deepEqual(afterEvents(restarting, numbered([{ is: 'broker', what: 'restarting' }])).asked, []);
  t.is(withAsked(START, { do: 'stop' }), START);
});

test('saving again forgets the paths of the last save', (t) => {
  const saved = after({ is: 'saved', html: 'a.html', json: 'a.json' });
  const again = withAsked(saved, { do: 'save', student: 'Ada' });
  t.is(again.saved, undefined);
  const second = afterEvents(again, numbered([{ is: 'saved', html: 'b.html', json: 'b.json' }], 2));
  t.is(second.saved?.html, 'b.html');
  t.deepEqual(second.asked, []);
});

test('shows the newest three troubles until they are dismissed', (t) => {
  const troubled = ['a', 'b', 'c', 'd'].reduce(withTrouble, START);
  t.deepEqual(
    troubled.troubles.map(({ text }) => text),
    ['b', 'c', 'd'],
  );
  const [first] = troubled.troubles;
  const left = withoutTrouble(troubled, first?.key ?? 0);
  t.deepEqual(
    left.troubles.map(({ text }) => text),
    ['c', 'd'],
  );
  t.is(after({ is: 'trouble', text: 'live view: no' }).troubles[0]?.text, 'no');
});

test('a trouble of before the page was loaded does not come back', (t) => {
  const events = numbered([
    { is: 'trouble', text: 'old' },
    { is: 'trouble', text: 'new' },
  ]);
  const { troubles } = afterEvents({ ...START, loadedAt: BEGIN + 2 }, events);
  t.deepEqual(
    troubles.map(({ text }) => text),
    ['new'],
  );
});
