import test from 'ava';
import { h } from 'preact';
import { render } from 'preact-render-to-string';
import { TYPES } from '../../../../live/checkpoint/qos.ts';
import { ConnectForm } from '../../../../live/page/connect-form.tsx';
import { Ends } from '../../../../live/page/ends.tsx';
import { CHECKPOINT_TYPES, FAMILY_NAMES, familyOf, SHAPES } from '../../../../live/page/look.ts';
import { PublishForm } from '../../../../live/page/publish-form.tsx';
import { RowView } from '../../../../live/page/row.tsx';
import { appended } from '../../../../live/page/rows.ts';
import { afterEvents, type Connection, START } from '../../../../live/page/state.ts';
import { StepView } from '../../../../live/page/step.tsx';
import { store } from '../../../../live/page/store.ts';
import { SubscribeForm } from '../../../../live/page/subscribe-form.tsx';
import { Words } from '../../../../live/page/words.tsx';
import {
  type NewEvent,
  PROGRAMS,
  type Program,
  type Settings,
  type Setup,
  type Step,
} from '../../../../live/protocol.ts';
import { PACKET_TYPES } from '../../../../probes/mqtt/packet.ts';
import { numbered, packet, tcp } from './_events.ts';

/** The last of these events, drawn. */
function drawn(...events: NewEvent[]): string {
  const row = appended(START, numbered(events)).slots.at(-1);
  return row === undefined ? '' : render(h(RowView, { row, top: 0, mark: '' }));
}
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

test('each family of packets has a shape of its own', (t) => {
  t.is(new Set(Object.values(SHAPES)).size, FAMILY_NAMES.length);
  for (const type of PACKET_TYPES) t.true(drawn(packet('publisher', type)).includes(SHAPES[familyOf(type)]), type);
});

test('a packet is an arrow from its sender to its receiver', (t) => {
  const way = (...args: Parameters<typeof packet>) => /(right|left)ward/.exec(drawn(packet(...args)))?.[1];
  t.is(way('publisher', 'PUBLISH', { direction: 'sent' }), 'right');
  t.is(way('publisher', 'PUBACK', { direction: 'received' }), 'left');
  t.is(way('subscriber', 'PUBLISH', { direction: 'received' }), 'right');
  t.is(way('subscriber', 'PUBACK', { direction: 'sent' }), 'left');
});

test('a packet says its name, its way, its flags and its bytes', (t) => {
  const html = drawn(packet('publisher', 'PUBLISH', { qos: 2, packetId: 3, retain: true, bytes: 41, topic: 'a' }));
  t.regex(textOf(html), /PUBLISH publisher to broker #3 QoS 2 retain 41 B a$/);
});

test('topics, payloads and words of others are text', (t) => {
  const hostile = '<img src=x onerror=alert(1)>';
  const words: NewEvent = { is: 'words', text: hostile, isContradiction: true, seqs: [] };
  for (const html of [drawn(packet('publisher', 'PUBLISH', { topic: hostile })), drawn(words)]) {
    t.false(html.includes('<img'));
    t.true(html.includes('&lt;img'));
  }
  t.regex(textOf(drawn(words)), /Contradiction\./);
});

test('a packet on a cut cable does not arrive, nor does a FIN', (t) => {
  t.regex(drawn(tcp('subscriber', 'silent'), packet('subscriber', 'PINGREQ')), /class="arrow ping leftward lost"/);
  t.notRegex(drawn(tcp('subscriber', 'silent'), packet('publisher', 'PINGREQ')), /lost/);
  t.regex(
    drawn(tcp('subscriber', 'silent'), tcp('subscriber', 'FIN', 'client')),
    /class="segment leftward what-FIN lost"/,
  );
  t.notRegex(drawn(tcp('subscriber', 'silent'), tcp('subscriber', 'killed', 'client')), /lost/);
});

test('SIGKILL is no arrow, since nothing goes over the wire', (t) => {
  t.regex(drawn(tcp('publisher', 'FIN', 'client')), /class="segment rightward what-FIN".*class="line"/);
  const killed = drawn(tcp('publisher', 'killed', 'client'));
  t.regex(killed, /class="segment still what-killed"/);
  t.notRegex(killed, /class="line"/);
});

test('the buttons of the words are named by what they show', (t) => {
  const said: NewEvent[] = ['one', 'two'].map((text) => ({ is: 'words', text, isContradiction: false, seqs: [] }));
  store.update((state) => afterEvents(state, numbered(said)));
  const buttons = [...render(h(Words, {})).matchAll(/<button.*?<\/button>/g)].map(([html]) => textOf(html));
  store.update(() => START);
  t.deepEqual(buttons, ['show in the diagram: two', 'show in the diagram: one']);
});

test('a restart of the broker that failed is drawn as failed', (t) => {
  t.regex(textOf(drawn({ is: 'broker', what: 'failed' })), /restart failed$/);
});

const step: Step = {
  ...{ id: '2.2d', title: 'Two hops', todo: ['Publish.'] },
  prediction: { question: 'What comes?', choices: ['one', 'two'] },
  ask: 'Why?',
};

test('a prediction is open until it was sent or the step is proved', (t) => {
  const isLocked = (state: Parameters<typeof StepView>[0]['state']) =>
    /<fieldset[^>]* disabled/.test(render(h(StepView, { step, state })));
  t.false(isLocked({}));
  t.true(isLocked({ choice: 1 }));
  t.true(isLocked({ proof: [1] }));
});

test('a proved step leads to the next one, and an open one does not', (t) => {
  const next = { title: '2.3a Keep alive', open: () => undefined };
  t.regex(textOf(render(h(StepView, { step, state: { proof: [5] }, next }))), /Next step : 2\.3a Keep alive$/);
  t.notRegex(textOf(render(h(StepView, { step, state: {} }))), /Next step/);
});

const setup: Setup = {
  ...{ lab: 'lab', users: ['sam'], topics: [], canRestart: true, steps: [] },
  places: [{ name: '', programs: [...PROGRAMS] }],
  listeners: [{ port: 1883, label: '1883', users: ['sam'] }],
};
const settings: Settings = {
  ...{ user: 'sam', place: '', program: 'mosquitto', version: 5, clean: true, keepAlive: 7, listener: 1883 },
  subscription: { filter: 'a/b', qos: 0 },
};

test('the form of a mosquitto subscriber has its connection’s settings, and always a filter', (t) => {
  const connection: Connection = { state: 'connected', isCut: false, settings };
  const html = render(h(ConnectForm, { side: 'subscriber', setup: { ...setup, longestKeepAlive: 30 }, connection }));
  t.regex(html, /type="number" value="7" min="5" max="30"/);
  t.true(html.includes('value="a/b"'));
  t.notRegex(html, /subscribe at once|Keep alive 60 s/);
  t.regex(html, /Keep alive 25 s/);
});

test('the form says which keep alives there are, and where the longest comes from', (t) => {
  const text = (more: Partial<Setup>) => {
    const connection: Connection = { state: 'idle', isCut: false };
    return textOf(render(h(ConnectForm, { side: 'publisher', setup: { ...setup, ...more }, connection })));
  };
  t.regex(text({ longestKeepAlive: 30 }), /1 to 30 s; the lab file sets the longest \(broker\.maxKeepAlive\)/);
  t.regex(text({}), /0 to 65535 s(?!;)/);
});

test('a mosquitto subscriber is offered no more filters, and others are', (t) => {
  const text = (program: Program) => textOf(render(h(SubscribeForm, { setup, program })));
  t.regex(text('mosquitto'), /keeps the filter it was started with/);
  t.regex(text('paho'), /Subscribe$/);
  t.notRegex(text('mosquitto'), /Subscribe$/);
});

test('the step about all kinds of packets names those that are still missing', (t) => {
  t.deepEqual([...CHECKPOINT_TYPES].sort(), [...TYPES].sort());
  store.update((state) => afterEvents(state, numbered(TYPES.slice(0, -2).map((type) => packet('publisher', type)))));
  const text = (id: string) => textOf(render(h(StepView, { step: { ...step, id }, state: {} })));
  t.regex(text('2.2b'), /Still missing: DISCONNECT, PINGRESP\./);
  t.notRegex(text('2.2d'), /Still missing/);
  store.update(() => START);
});

test('a topic with a wildcard is neither suggested nor sent, and the form says why', (t) => {
  const form = (topics: string[]) => render(h(PublishForm, { setup: { ...setup, topics }, fixed: undefined }));
  t.false(form(['a/b', 'a/#']).includes('a/#'));
  const fixed = { topic: 'a/#', qos: 0, retain: false } as const;
  const html = render(h(PublishForm, { setup, fixed }));
  t.regex(html, /<p class="mistake">the topic has a wildcard/);
});

test('nothing is sent while the page has lost the live view', (t) => {
  const connection: Connection = { state: 'idle', isCut: false };
  const isDisabled = () =>
    /aria-disabled="true"[^>]*>Connect/.test(render(h(ConnectForm, { side: 'publisher', setup, connection })));
  t.teardown(() => store.update(() => START));
  t.false(isDisabled());
  for (const link of ['lost', 'closed'] as const) {
    store.update((state) => ({ ...state, link }));
    t.true(isDisabled(), link);
  }
});

test('a side connects only while it is not connected', (t) => {
  const form = (state: 'idle' | 'connected') =>
    textOf(render(h(ConnectForm, { side: 'publisher', setup, connection: { state, isCut: false } })));
  t.regex(form('idle'), /Connect$/);
  t.regex(form('connected'), /^Settings of the next connection/);
});

test('a side that is connecting can close its program, and nothing else', (t) => {
  const buttons = (state: 'idle' | 'connecting' | 'connected', isCut = false) =>
    [...render(h(Ends, { side: 'publisher', connection: { state, isCut } })).matchAll(/<button.*?<\/button>/g)]
      .map(([html]) => html)
      .filter((html) => !html.includes('aria-disabled="true"'))
      .map(textOf);
  t.deepEqual(buttons('idle'), []);
  t.deepEqual(buttons('connecting'), ['Close program SIGKILL']);
  t.is(buttons('connected').length, 5);
  t.regex(buttons('idle', true).join(), /^Plug the cable in/);
});
