import test from 'ava';
import { type PahoEvent, parsePahoLine } from '../../../../probes/clients/paho-subscriber.ts';

/** [line of the program; the event] */
const rows: readonly (readonly [line: string, event: PahoEvent | undefined])[] = [
  ['PAHO 1.6.1', { kind: 'version', version: '1.6.1' }],
  ['CLIENT 712', { kind: 'process', pid: 712 }],
  ['SUBSCRIBED 2', { kind: 'subscribed', qos: 2 }],
  ['MESSAGE 1 00ff', { kind: 'message', qos: 1, payload: Buffer.from([0, 255]) }],
  ['MESSAGE 0 ', { kind: 'message', qos: 0, payload: Buffer.alloc(0) }],
  ['LOG Sending DISCONNECT', { kind: 'log', text: 'Sending DISCONNECT' }],
  ['DISCONNECTED', { kind: 'disconnected' }],
  ['Traceback (most recent call last):', undefined],
  ['', undefined],
];

for (const [line, event] of rows) {
  test(`parses ${line || 'an empty line'}`, (t) => {
    t.deepEqual(parsePahoLine(line), event);
  });
}
