import test from 'ava';
import { checkSaved } from '../../../../../live/checkpoint/check-saved.ts';
import { count, DEEDS, openView, saved } from '../_transcript.ts';

test('finds a change of any field of any kind of packet', (t) => {
  const stream = openView();
  DEEDS['2.2d']?.(stream);
  DEEDS['2.4b']?.(stream.wait(500));
  stream.connect('subscriber').ping('subscriber');
  const transcript = saved(stream);
  t.deepEqual(checkSaved(transcript).contradictions, []);
  const seen = new Set<string>();
  for (const event of transcript.events) {
    if (event.is !== 'packet') continue;
    const { packet: fields } = event;
    for (const { name, change } of scalarsOf(fields)) {
      if (seen.has(`${fields.direction} ${fields.type} ${name}`)) continue;
      seen.add(`${fields.direction} ${fields.type} ${name}`);
      const undo = change();
      t.true(checkSaved(transcript).contradictions.length > 0, `${fields.type} ${name}`);
      undo();
    }
  }
  t.true(seen.size > 80);
});

test('long and binary messages over MQTT 5 contradict nothing, and their bytes are compared as far as they are saved', (t) => {
  const stream = openView();
  const will = { topic: 'news', payload: 'w'.repeat(2_000), qos: 1, retain: true } as const;
  stream
    .connect('subscriber', { version: 5 })
    .subscribe('subscriber', 'news', 1)
    .connect('publisher', { version: 5, will });
  for (const payload of ['é'.repeat(3_000), 'short', '\u0000\u0001', '…', 'x'.repeat(499), '']) {
    const message = { topic: 'news', payload, qos: 1 } as const;
    stream.hop('publisher', message).hop('subscriber', message);
  }
  stream.packet('publisher', 'sent', {
    cmd: 'publish',
    topic: 'news',
    payload: Buffer.alloc(900, 0xff),
    qos: 0,
    retain: false,
    dup: false,
  });
  stream.disconnect('publisher').disconnect('subscriber');
  const transcript = saved(stream);
  t.deepEqual(checkSaved(transcript).contradictions, []);
  for (const event of transcript.events) {
    if (event.is !== 'packet' || event.packet.type !== 'PUBLISH' || event.packet.bytes < 600) continue;
    const { payload = '' } = event.packet;
    event.packet.payload = `${payload.slice(0, 4)}0${payload.slice(5)}`;
    t.true(checkSaved(transcript).contradictions.some((text) => text.includes('payload is not what its bytes say')));
    event.packet.payload = payload;
  }
});

test('what follows from a packet has its time, also where this machine noted something in between', (t) => {
  const stream = openView();
  const message = { topic: 'news', payload: 'one' };
  stream.connect('subscriber', { place: 'pi', program: 'paho' }).subscribe('subscriber', 'news');
  count(stream.connect('publisher').hop('publisher', message).wait(20), 'publisher');
  stream.wait(-10).hop('subscriber', message).wait(20).disconnect('publisher').disconnect('subscriber');
  const transcript = saved(stream);
  t.deepEqual(checkSaved(transcript).contradictions, []);
  for (const is of ['latency', 'proved'] as const) {
    const event = transcript.events.find((one) => one.is === is);
    if (event === undefined) return t.fail();
    event.at -= 1;
    t.regex(checkSaved(transcript).contradictions[0] ?? '', /its time is 0\.0\d+ s before/, is);
    event.at += 1;
  }
});

/** The texts, numbers and booleans in a value, however deep, each with what changes it and returns what changes it back. */
function scalarsOf(value: object, path = ''): { name: string; change: () => () => void }[] {
  return Object.entries(value).flatMap(([key, old]) => {
    const name = `${path}${key}`;
    if (typeof old === 'object' && old !== null) return scalarsOf(old, `${name}.`);
    const change = () => {
      Object.assign(value, { [key]: otherThan(key, old) });
      return () => {
        Object.assign(value, { [key]: old });
      };
    };
    return [{ name, change }];
  });
}

function otherThan(key: string, old: unknown): unknown {
  if (typeof old === 'number') return old + 1;
  if (typeof old === 'boolean') return !old;
  if (key === 'direction') return old === 'sent' ? 'received' : 'sent';
  return key === 'hex' ? `${String(old).slice(0, -1)}${String(old).endsWith('0') ? '1' : '0'}` : `${old}x`;
}
