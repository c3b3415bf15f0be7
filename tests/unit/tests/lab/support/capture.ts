import test from 'ava';
import { byClient, type Captured } from '../../../../lab/support/capture.ts';

const PORT = 1883;
const connect: Captured = { direction: 'sent', type: 'CONNECT', bytes: 20 };
const connack: Captured = { direction: 'received', type: 'CONNACK', bytes: 4 };
const publish: Captured = { direction: 'received', type: 'PUBLISH', bytes: 27 };

test('keeps each connection of a client that connects again', (t) => {
  const frames = ['0|1883|1|18|one', '0|50000|2|2|', '1|1883|1|18|other', '2|1883|1|18|one', '2|50000|2,3|2,25|'];
  const wire = byClient(frames.join('\n'), PORT);
  t.deepEqual([...wire.keys()], ['one', 'other']);
  t.deepEqual(wire.get('one'), [
    [connect, connack],
    [connect, connack, publish],
  ]);
});
