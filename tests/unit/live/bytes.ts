import test from 'ava';
import { generate, type Packet } from 'mqtt-packet';
import { meaningOf } from '../../../live/bytes.ts';

const hexOf = (packet: Packet, version: 4 | 5) =>
  [...generate(packet, { protocolVersion: version })].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const lengthOf = (hex: string) => hex.split(' ').length;
const linesOf = (hex: string, version: 4 | 5) => meaningOf(hex, version).map(({ name, value }) => `${name}: ${value}`);

const message = { topic: 'home/light', payload: Buffer.from('on'), dup: false, retain: false } as const;
const connect = { cmd: 'connect', protocolId: 'MQTT', clean: true, clientId: 'sam-1', keepalive: 5 } as const;

const three: readonly Packet[] = [
  { ...connect, protocolVersion: 4, username: 'sam', password: Buffer.from('secret') },
  { cmd: 'connack', returnCode: 5, sessionPresent: false },
  { ...message, cmd: 'publish', qos: 0 },
  { ...message, cmd: 'publish', qos: 2, messageId: 7, dup: true, retain: true },
  { cmd: 'puback', messageId: 7 },
  { cmd: 'pubrec', messageId: 7 },
  { cmd: 'pubrel', messageId: 7 },
  { cmd: 'pubcomp', messageId: 7 },
  { cmd: 'subscribe', messageId: 8, subscriptions: [{ topic: 'home/#', qos: 1 }] },
  { cmd: 'suback', messageId: 8, granted: [1, 128] },
  { cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['home/#', 'a'] },
  { cmd: 'unsuback', messageId: 9, granted: [] },
  { cmd: 'pingreq' },
  { cmd: 'pingresp' },
  { cmd: 'disconnect' },
];

const userProperties = { room: 'kitchen' };
const five: readonly Packet[] = [
  {
    ...{ ...connect, protocolVersion: 5, username: 'sam', password: Buffer.from('secret') },
    properties: { sessionExpiryInterval: 60, receiveMaximum: 3, userProperties },
    will: { ...message, qos: 1, retain: true, properties: { willDelayInterval: 2, contentType: 'text/plain' } },
  },
  {
    ...{ cmd: 'connack', reasonCode: 0, sessionPresent: true },
    properties: { assignedClientIdentifier: 'auto-1', serverKeepAlive: 30, maximumQoS: 1, retainAvailable: true },
  },
  {
    ...{ ...message, cmd: 'publish', qos: 1, messageId: 7 },
    properties: { subscriptionIdentifier: 300, correlationData: Buffer.from([0, 255]), responseTopic: 'a' },
  },
  { cmd: 'puback', messageId: 7, reasonCode: 16, properties: { reasonString: 'nobody' } },
  { cmd: 'pubrec', messageId: 7, reasonCode: 0x87 },
  { cmd: 'pubrel', messageId: 7, reasonCode: 0 },
  { cmd: 'pubcomp', messageId: 7, reasonCode: 0x92 },
  {
    ...{ cmd: 'subscribe', messageId: 8, properties: { subscriptionIdentifier: 1 } },
    subscriptions: [{ topic: 'home/#', qos: 2, nl: true, rap: true, rh: 2 }],
  },
  { cmd: 'suback', messageId: 8, granted: [2, 0x87] },
  { cmd: 'unsubscribe', messageId: 9, unsubscriptions: ['home/#'], properties: { userProperties } },
  { cmd: 'unsuback', messageId: 9, granted: [17] },
  { cmd: 'pingreq' },
  { cmd: 'pingresp' },
  { cmd: 'disconnect', reasonCode: 0x8e, properties: { serverReference: 'other' } },
  { cmd: 'auth', reasonCode: 24, properties: { authenticationMethod: 'x', authenticationData: Buffer.from('y') } },
];

for (const [version, packets] of [
  [4, three],
  [5, five],
] as const) {
  for (const [index, packet] of packets.entries()) {
    const title = `MQTT ${version === 5 ? '5' : '3.1.1'}, ${packet.cmd} (${index})`;

    test(`${title}: each byte has one meaning, in order`, (t) => {
      const hex = hexOf(packet, version);
      const meanings = meaningOf(hex, version);
      t.deepEqual(
        meanings.map(({ from }) => from),
        [0, ...meanings.slice(0, -1).map(({ to }) => to)],
      );
      t.is(meanings.at(-1)?.to, lengthOf(hex));
      t.true(meanings[0]?.value.startsWith(packet.cmd.toUpperCase()));
      t.deepEqual(
        meanings.filter(({ name }) => /unknown/.test(name)),
        [],
      );
    });

    test(`${title}: the bytes of a cut frame have their meaning as far as they go`, (t) => {
      const words = hexOf(packet, version).split(' ');
      const whole = meaningOf(words.join(' '), version);
      for (let length = 1; length < words.length; length++) {
        const meanings = meaningOf(words.slice(0, length).join(' '), version);
        t.is(meanings.at(-1)?.to, length);
        const before = meanings.slice(0, -1);
        t.deepEqual(before, whole.slice(0, before.length));
      }
    });
  }
}

test('a CONNECT of MQTT 5 is read field by field, and hidden bytes stay hidden', (t) => {
  const [packet] = five;
  if (packet === undefined) return t.fail();
  const hex = hexOf(packet, 5).replace(/(?: [\da-f]{2}){6}$/, ' ** ** ** ** ** **');
  t.deepEqual(linesOf(hex, 5), [
    'packet type: CONNECT',
    'remaining length: 90',
    'length of protocol name: 4',
    'protocol name: MQTT',
    'protocol level: 5 (MQTT 5)',
    'connect flags: user name, password, will with QoS 1, will retained, clean start',
    'keep alive: 5 s',
    'length of properties: 24',
    'property: session expiry interval',
    'session expiry interval: 60',
    'property: receive maximum',
    'receive maximum: 3',
    'property: user property',
    'length of name of user property: 4',
    'name of user property: room',
    'length of value of user property: 7',
    'value of user property: kitchen',
    'length of client id: 5',
    'client id: sam-1',
    'length of will properties: 18',
    'property: will delay interval',
    'will delay interval: 2',
    'property: content type',
    'length of content type: 10',
    'content type: text/plain',
    'length of will topic: 10',
    'will topic: home/light',
    'length of will payload: 2',
    'will payload: on',
    'length of user name: 3',
    'user name: sam',
    'length of password: 6',
    'password: (hidden)',
  ]);
});

test('a PUBLISH shows its flags, and the payload as far as it is known', (t) => {
  t.deepEqual(linesOf('3d 0c 00 01 61 00 07 6f', 4), [
    'packet type: PUBLISH, DUP, QoS 2, retain',
    'remaining length: 12',
    'length of topic: 1',
    'topic: a',
    'packet id: 7',
    'payload: o … (1 of 7 bytes)',
  ]);
});

test('a payload that is not UTF-8 is shown in hexadecimal', (t) => {
  t.is(linesOf('30 05 00 01 61 ff fe', 4).at(-1), 'payload: 0xfffe');
});

test('codes have their meaning', (t) => {
  t.is(linesOf('20 02 00 05', 4).at(-1), 'return code: 5 (not authorised)');
  t.deepEqual(linesOf('90 04 00 08 01 80', 4).slice(-2), [
    'return code: 1 (QoS 1 granted)',
    'return code: 0x80 (refused, no reason given)',
  ]);
  t.is(linesOf('e0 01 04', 5).at(-1), 'reason code: 4 (publish the last will)');
  t.is(linesOf('e0 01 00', 5).at(-1), 'reason code: 0 (success)');
});

test('bytes that fit no packet are named unknown', (t) => {
  t.deepEqual(linesOf('00 01 41', 4), ['packet type: reserved', 'remaining length: 1', 'unknown bytes: ']);
  t.deepEqual(linesOf('c0 01 41', 4).at(-1), 'unknown bytes: ');
  t.deepEqual(linesOf('40 06 00 07 00 02 7f 00', 5).slice(-2), ['property: unknown (127)', 'unknown properties: ']);
  t.deepEqual(meaningOf('', 4), []);
  t.is(linesOf('30 ff ff ff ff 01', 4).at(-1), 'remaining length: (cut)');
});
