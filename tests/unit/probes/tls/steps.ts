import test from 'ava';
import { connackCode, loginSteps } from '../../../../probes/tls/steps.ts';

const PLACE = { address: '127.0.0.1', port: 8883 };

test('logs in with one CONNECT over MQTT, and after a handshake over WebSockets', (t) => {
  const [connect, ...none] = loginSteps('mqtt', { user: 'sam', password: 'secret' }, PLACE);
  t.deepEqual(none, []);
  t.regex(connect?.send ?? '', /^10..00044d51545404c2/);
  t.regex(Buffer.from(connect?.send ?? '', 'hex').toString('latin1'), /sam..secret$/s);
  const [upgrade, frame] = loginSteps('websockets', {}, { ...PLACE, address: '::1' });
  t.regex(Buffer.from(upgrade?.send ?? '', 'hex').toString(), /^GET \/mqtt HTTP\/1\.1\r\nHost: \[::1\]:8883\r\n/);
  t.regex(frame?.send ?? '', /^82[89a-f].0000000010/);
});

test('a long login has a long frame', (t) => {
  const [, frame] = loginSteps('websockets', { user: 'u'.repeat(200), password: '' }, PLACE);
  const bytes = Buffer.from(frame?.send ?? '', 'hex');
  t.is(bytes[1], 0xfe);
  t.is(bytes.readUInt16BE(2), bytes.length - 8);
});

test('finds the code of the CONNACK in the last answer', (t) => {
  const [mqtt, webSockets] = [loginSteps('mqtt', {}, PLACE), loginSteps('websockets', {}, PLACE)];
  t.is(connackCode(mqtt, ['20020005']), 5);
  t.is(connackCode(webSockets, ['485454502f', '820420020000']), 0);
  t.is(connackCode(webSockets, ['20020000']), undefined);
  t.is(connackCode(mqtt, ['15030300020246']), undefined);
  t.is(connackCode(mqtt, []), undefined);
});
