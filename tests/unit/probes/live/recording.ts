import test from 'ava';
import { openHostClock } from '../../../../probes/live/host-clock.ts';
import { openRecording } from '../../../../probes/live/recording.ts';

const received = (hex: string) => ({ is: 'bytes', direction: 'received', hex, at: 0 }) as const;
const CONNACK = '20020000';

function recordingFor(take: (seen: string) => void) {
  return openRecording(openHostClock(true), {
    onPacket: ({ type }) => take(type),
    onTcp: () => undefined,
    onFailed: (text) => take(`failed: ${text}`),
  });
}

test('passes on the packets before bytes that are not MQTT, and nothing after them', (t) => {
  const seen: string[] = [];
  const record = recordingFor((one) => seen.push(one));
  record(received(`${CONNACK}0000`));
  record(received(CONNACK));
  t.is(seen.length, 2);
  t.is(seen[0], 'CONNACK');
  t.regex(`${seen[1]}`, /^failed: no MQTT on the wire \(received\): /);
});

test('an error of who receives a packet is not reported as one of the broker', (t) => {
  const seen: string[] = [];
  const record = recordingFor((one) => {
    seen.push(one);
    if (one === 'CONNACK') throw new Error('a fault');
  });
  t.throws(() => record(received(CONNACK)), { message: 'a fault' });
  t.deepEqual(seen, ['CONNACK']);
});
