import test from 'ava';
import { brokerOf, pisOf } from '../../../lab-file/new-places.ts';

for (const [text, broker] of [
  ['local', { host: 'local' }],
  ['container', { host: 'container' }],
  ['ssh://pi@hub.local:2222', { host: 'ssh://pi@hub.local:2222' }],
  ['external:mqtt.example.org', { host: 'external', address: 'mqtt.example.org' }],
  ['external:2001:db8::1', { host: 'external', address: '2001:db8::1' }],
  ['external', undefined],
  ['external:', undefined],
  ['external:a b', undefined],
  ['hub.local', undefined],
  ['ssh://pi:s3cret@hub.local', undefined],
] as const) {
  test(`a broker at ${text}`, (t) => t.deepEqual(brokerOf(text), broker));
}

const ssh = (host: string) => `ssh://pi@${host}`;

for (const [texts, pis] of [
  [[], {}],
  [['0'], {}],
  [['1'], { pi: 'container' }],
  [['2'], { pi: 'container', pi2: 'container' }],
  [['2', ssh('Hall.local')], { pi: 'container', pi2: 'container', hall: ssh('Hall.local') }],
  [[ssh('hall.a'), ssh('hall.b')], { hall: ssh('hall.a'), hall2: ssh('hall.b') }],
  // the broker's own name, and addresses, name no Pi
  [[ssh('broker.local'), ssh('192.0.2.7')], { pi: ssh('broker.local'), pi2: ssh('192.0.2.7') }],
  [['ssh://[2001:db8::1]:22'], { pi: 'ssh://[2001:db8::1]:22' }],
] as const) {
  test(`Pis ${texts.join(', ')}`, (t) => t.deepEqual(Object.fromEntries(pisOf(texts) ?? [['wrong', '']]), pis));
}

test('refuses what is neither a number nor a host, and too many Pis', (t) => {
  for (const text of ['hall.local', '-1', '', '21', '99999999999']) t.is(pisOf([text]), undefined, text);
});
