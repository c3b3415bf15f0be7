import test from 'ava';
import {
  changed,
  firstForm,
  formOf,
  isSplit,
  keepAliveRange,
  objection,
  plainTopics,
  settingsOf,
} from '../../../../live/page/settings.ts';
import { type Setup, settingsSchema } from '../../../../live/protocol.ts';

const setup: Setup = {
  ...{ lab: 'lab', users: ['sam', 'alice'], topics: ['home/light'], canRestart: true, steps: [] },
  places: [
    { name: '', programs: ['mqtt.js', 'paho'] },
    { name: 'pi1', programs: ['mosquitto', 'paho', 'mqtt.js'] },
  ],
  listeners: [
    { port: 1883, label: '1883', users: ['sam'] },
    { port: 8883, label: '8883 TLS', users: ['sam', 'alice'] },
  ],
};

test('begins with the first user who publishes and the second who subscribes, on listeners that let them in', (t) => {
  const publisher = settingsOf(firstForm('publisher', setup));
  const subscriber = settingsOf(firstForm('subscriber', setup));
  t.deepEqual([publisher.user, publisher.listener, publisher.keepAlive], ['sam', 1883, 60]);
  t.deepEqual([subscriber.user, subscriber.listener], ['alice', 8883]);
  t.is(publisher.subscription, undefined);
  t.is(subscriber.subscription?.filter, 'home/light');
  t.true(settingsSchema.safeParse(publisher).success);
  t.true(settingsSchema.safeParse(subscriber).success);
});

test('a lab with one user gives both sides that user, and its longest keep alive limits the default', (t) => {
  const small = { ...setup, users: ['sam'], longestKeepAlive: 30 };
  t.is(firstForm('subscriber', small).user, 'sam');
  t.is(firstForm('subscriber', small).keepAlive, 30);
});

test('a change of place takes a program that the place has, a change of user a listener that lets it in', (t) => {
  const form = firstForm('publisher', setup);
  t.is(changed(form, { place: 'pi1' }, setup).program, 'mosquitto');
  const there = changed({ ...form, program: 'paho' }, { place: 'pi1' }, setup);
  t.is(there.program, 'paho');
  t.is(changed(there, { place: '' }, setup).program, 'mqtt.js');
  t.is(changed(form, { user: 'alice' }, setup).listener, 8883);
  t.is(changed(form, { program: 'paho' }, setup).program, 'paho');
});

test('mqtt.js on a Pi is split: it runs here, and its connection is there', (t) => {
  const form = firstForm('publisher', setup);
  t.false(isSplit(form));
  const there = changed(form, { place: 'pi1' }, setup);
  t.false(isSplit(there));
  t.true(isSplit(changed(there, { program: 'mqtt.js' }, setup)));
});

test('a publisher of the mosquitto clients says at the start how it publishes; others do not', (t) => {
  const form = changed(firstForm('publisher', setup), { place: 'pi1' }, setup);
  t.deepEqual(settingsOf(form).message, { topic: 'home/light', qos: 1, retain: false });
  t.is(settingsOf({ ...form, program: 'paho' }).message, undefined);
  t.is(settingsOf(changed(firstForm('subscriber', setup), { place: 'pi1' }, setup)).message, undefined);
});

test('a subscriber of the mosquitto clients always subscribes', (t) => {
  const form = changed(firstForm('subscriber', setup), { subscribes: false }, setup);
  t.is(settingsOf(form).subscription, undefined);
  const moved = settingsOf(changed(form, { place: 'pi1' }, setup));
  t.is(moved.subscription?.filter, 'home/light');
  t.is(moved.message, undefined);
});

test('offers the keep alives that the broker and the program accept', (t) => {
  const limited = { ...setup, longestKeepAlive: 30 };
  t.deepEqual(keepAliveRange({ program: 'paho' }, setup), { least: 0, most: 65_535 });
  t.deepEqual(keepAliveRange({ program: 'paho' }, limited), { least: 1, most: 30 });
  t.deepEqual(keepAliveRange({ program: 'mosquitto' }, limited), { least: 5, most: 30 });
  const form = changed(firstForm('publisher', setup), { keepAlive: 2 }, setup);
  t.is(form.keepAlive, 2);
  t.is(changed(form, { place: 'pi1' }, setup).keepAlive, 5);
});

test('a form takes the settings of a connection', (t) => {
  const form = firstForm('subscriber', setup);
  const chosen = { ...form, user: 'sam', keepAlive: 7, hasWill: true, subscribes: false, clean: false };
  t.deepEqual(settingsOf(formOf('subscriber', setup, settingsOf(chosen))), settingsOf(chosen));
});

test('a last will is sent only when it is switched on, and needs a topic without wildcards', (t) => {
  const form = firstForm('publisher', setup);
  t.is(settingsOf(form).will, undefined);
  const withWill = { ...form, hasWill: true };
  t.is(settingsOf(withWill).will?.payload, 'offline');
  t.is(objection(withWill), undefined);
  t.regex(
    objection({ ...withWill, will: { ...form.will, topic: 'a/#' } }) ?? '',
    /the topic of the last will has a wildcard/,
  );
  t.is(objection({ ...form, will: { ...form.will, topic: '' } }), undefined);
});

test('a message is offered plain topics alone, a subscription every filter', (t) => {
  const topics = ['home/+', '#'];
  t.deepEqual(plainTopics({ topics: [...topics, 'home/light'] }), ['home/light']);
  const form = firstForm('subscriber', { ...setup, topics });
  t.deepEqual([form.will.topic, form.message.topic, form.subscription.filter], ['test', 'test', 'home/+']);
});

test('a wildcard out of place, and one in the topic of messages, is named before anything is sent', (t) => {
  const reader = firstForm('subscriber', setup);
  const wrong = { ...reader, subscription: { filter: 'a/#/b', qos: 1 } as const };
  t.regex(objection(wrong) ?? '', /^the filter has a wildcard out of place/);
  t.is(objection({ ...wrong, subscribes: false }), undefined);
  const writer = changed(firstForm('publisher', setup), { place: 'pi1' }, setup);
  const message = { ...writer.message, topic: 'a/+' };
  t.regex(objection({ ...writer, message }) ?? '', /^the topic of messages has a wildcard/);
  t.is(objection({ ...writer, message, program: 'paho' }), undefined);
});
