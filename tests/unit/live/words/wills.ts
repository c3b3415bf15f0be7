import test from 'ava';
import type { Settings } from '../../../../live/protocol.ts';
import { contradictions, narrated, Stream, type Words } from '../_stream.ts';

const WILL = { topic: 'status', payload: 'gone', qos: 0, retain: false } as const;
const GONE = { payload: 'gone' };

const start = (settings: Partial<Settings> = {}) =>
  new Stream()
    .connect('subscriber')
    .subscribe('subscriber')
    .connect('publisher', { will: WILL, ...settings })
    .wait(100);
const about = (words: readonly Words[], part: string) => words.filter(({ text }) => text.includes(part));

test('a killed program: its will comes at once', (t) => {
  const stream = start().kill('publisher').wait(40).hop('subscriber', GONE);
  const words = narrated(stream);
  t.is(about(words, "sam's program was killed, and its kernel ended the connection with RST").length, 1);
  const [will] = about(words, 'last will on status at once: after 0.0 s');
  t.is(will?.statement, 'MQTT-3.1.2-8');
  t.is(will?.seqs.length, 3);
  t.deepEqual(contradictions(stream, { afterMs: 30_000 }), []);
});

test('no word of a published will before it came', (t) => {
  t.deepEqual(about(narrated(start().kill('publisher')), 'published'), []);
});

test('the reason of a will may be reported after it', (t) => {
  const stream = start().hop('subscriber', GONE);
  stream.wait(200).kill('publisher');
  const words = narrated(stream, { afterMs: 10_000 });
  t.is(about(words, 'at once: after 0.0 s').length, 1);
  t.deepEqual(contradictions(stream, { afterMs: 10_000 }), []);
});

test('DISCONNECT discards the will; one that comes is a contradiction', (t) => {
  const stream = start().disconnect('publisher');
  const [words] = about(narrated(stream), 'discards the last will on status');
  t.is(words?.statement, 'MQTT-3.1.2-10');
  t.deepEqual(contradictions(stream, { afterMs: 60_000 }), []);
  stream.wait(500).hop('subscriber', GONE);
  t.deepEqual(
    contradictions(stream).map(({ statement }) => statement),
    ['MQTT-3.1.2-10'],
  );
});

test('MQTT 5: DISCONNECT with code 4 publishes the will', (t) => {
  const stream = new Stream()
    .connect('subscriber')
    .subscribe('subscriber')
    .connect('publisher', { will: WILL, version: 5 });
  stream.packet('publisher', 'sent', { cmd: 'disconnect', reasonCode: 4 });
  stream.tcp('publisher', 'FIN', 'client');
  stream.hop('subscriber', GONE);
  t.is(about(narrated(stream), 'has code 4').length, 1);
  t.deepEqual(contradictions(stream, { afterMs: 30_000 }), []);
});

for (const [version, statement] of [
  [4, 'MQTT-3.1.2-24'],
  [5, 'MQTT-3.1.2-22'],
] as const) {
  test(`the cable is pulled: measures the will against 1.5 times the keep alive, version ${version}`, (t) => {
    const stream = start({ keepAlive: 5, version });
    stream.tcp('publisher', 'silent');
    stream.wait(8_000).hop('subscriber', GONE);
    const words = narrated(stream, { afterMs: 30_000 });
    t.is(about(words, 'The cable of sam is pulled').length, 1);
    const [will] = about(words, '8.1 s after the last packet');
    t.true(will?.text.includes('1.5 × 5 s = 7.5 s'));
    t.is(will?.statement, statement);
    t.deepEqual(contradictions(stream, { afterMs: 30_000 }), []);
  });
}

test('a late will of Mosquitto before 2.0.21 is explained, no contradiction', (t) => {
  const stream = start({ keepAlive: 5 });
  stream.tcp('publisher', 'silent');
  stream.wait(12_800).hop('subscriber', GONE);
  t.is(about(narrated(stream, { version: '2.0.11' }), 'looks for silent clients only every 6 s').length, 1);
  t.deepEqual(contradictions(stream, { version: '2.0.11', afterMs: 30_000 }), []);
});

test('a will long before the keep alive has expired, and one long after it, are contradictions', (t) => {
  for (const ms of [2_000, 40_000]) {
    const stream = start({ keepAlive: 5 });
    stream.tcp('publisher', 'silent');
    stream.wait(ms);
    stream.hop('subscriber', GONE);
    t.true(contradictions(stream, { version: '2.0.21' }).length > 0, `${ms}`);
  }
});

test('a will that does not come is a contradiction only where its reader could have seen it', (t) => {
  const late = { afterMs: 40_000 };
  t.deepEqual(
    contradictions(start().kill('publisher'), late).map(({ statement }) => statement),
    ['MQTT-3.1.2-8'],
  );
  const cut = start({ keepAlive: 5 });
  cut.tcp('publisher', 'silent');
  t.deepEqual(
    contradictions(cut, late).map(({ statement }) => statement),
    ['MQTT-3.1.2-8'],
  );
  const deaf = start().kill('publisher');
  deaf.tcp('subscriber', 'silent');
  t.deepEqual(contradictions(deaf, late), []);
  t.deepEqual(contradictions(start().kill('publisher').disconnect('subscriber'), late), []);
  t.deepEqual(
    contradictions(new Stream().connect('subscriber').connect('publisher', { will: WILL }).kill('publisher'), late),
    [],
  );
  const again = start().kill('publisher');
  again.tcp('subscriber', 'silent');
  again.wait(1_000).tcp('subscriber', 'through');
  t.deepEqual(contradictions(again, late), []);
  const barred = { mayPublish: () => true, mayReceive: () => false };
  t.deepEqual(contradictions(start().kill('publisher'), { ...late, rights: barred }), []);
  const plugged = start({ keepAlive: 60 });
  plugged.tcp('publisher', 'silent');
  plugged.wait(1_000).tcp('publisher', 'through');
  t.deepEqual(contradictions(plugged, { afterMs: 200_000 }), []);
  const never = start({ keepAlive: 0 });
  never.tcp('publisher', 'silent');
  t.deepEqual(contradictions(never, { afterMs: 200_000 }), []);
});

test('a will that its owner may not publish is dropped, which is no contradiction', (t) => {
  const rights = { mayPublish: () => false, mayReceive: () => true };
  const words = narrated(start().kill('publisher'), { rights, afterMs: 30_000 });
  t.is(about(words, 'No last will of sam came').length, 1);
  t.deepEqual(
    words.filter(({ isContradiction }) => isContradiction),
    [],
  );
});

test('a takeover between persistent sessions may leave no will', (t) => {
  const persistent = { clean: false, clientId: 'one' };
  const stream = new Stream()
    .connect('subscriber')
    .subscribe('subscriber')
    .connect('publisher', { will: WILL, ...persistent });
  stream.tcp('publisher', 'silent');
  stream.wait(500).connect('publisher', { ...persistent, isPresent: true });
  t.deepEqual(contradictions(stream, { afterMs: 200_000 }), []);
});

test('a stopping broker publishes wills, and a restart excuses one that does not come', (t) => {
  const stream = start();
  stream.add({ is: 'broker', what: 'restarting' });
  stream.wait(50).hop('subscriber', GONE);
  stream.tcp('publisher', 'FIN', 'broker');
  t.is(about(narrated(stream), 'The broker stops').length, 0);
  stream.wait(4_000).add({ is: 'broker', what: 'running' });
  t.is(about(narrated(stream), 'The broker stops, so it publishes').length, 1);
  t.deepEqual(contradictions(stream, { afterMs: 30_000 }), []);
});

test('a will although the connection is open is a contradiction, after a while', (t) => {
  const stream = start().hop('subscriber', GONE);
  t.deepEqual(contradictions(stream, { afterMs: 1_000 }), []);
  t.is(contradictions(stream, { afterMs: 5_000 }).length, 1);
});

test('a will after RST that is reported late is not taken for one after the DISCONNECT before', (t) => {
  const stream = start().disconnect('publisher').connect('publisher', { will: WILL }).hop('subscriber', GONE);
  stream.wait(300).tcp('publisher', 'RST', 'client');
  t.deepEqual(contradictions(stream, { afterMs: 10_000 }), []);
});

test('a packet from before the cut was reported counts, one from after the cut does not', (t) => {
  const stream = start({ keepAlive: 5 });
  const late = stream.at;
  stream.wait(300).packet('publisher', 'sent', { cmd: 'pingreq' });
  stream.at = late;
  stream.tcp('publisher', 'silent');
  stream.wait(8_000).hop('subscriber', GONE);
  const [words] = about(narrated(stream), 'after the last packet of sam that reached it');
  t.true(words?.text.includes(' 8.1 s after'), words?.text);
});

test('the cable is plugged in: a killed client’s FIN reaches the broker', (t) => {
  const stream = start({ keepAlive: 60 });
  stream.tcp('publisher', 'silent');
  stream.kill('publisher').wait(500).tcp('publisher', 'through');
  stream.hop('subscriber', GONE);
  t.is(about(narrated(stream), 'was plugged in, so the end of the connection reached the broker').length, 1);
  t.deepEqual(contradictions(stream, { afterMs: 30_000 }), []);
});

test('a restart that fails ends no connection and explains no will', (t) => {
  const stream = start();
  stream.add({ is: 'broker', what: 'restarting' });
  stream.wait(50).kill('publisher').hop('subscriber', GONE).wait(500);
  stream.add({ is: 'broker', what: 'failed' });
  const words = narrated(stream, { afterMs: 5_000 });
  t.is(about(words, 'The broker did not restart').length, 1);
  t.is(about(words, 'The broker stops').length, 0);
  t.is(about(words, 'last will on status at once').length, 1);
});
