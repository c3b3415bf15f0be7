import test from 'ava';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { PROGRAMS, type Settings } from '../../../live/protocol.ts';
import { targetOf } from '../../../live/settings.ts';
import { setupOf } from '../../../live/setup.ts';
import { labOf } from '../_lab.ts';
import { liveBrokerAt, livePiAt } from '../_live.ts';

const lab = labOf(`name: live
broker: { host: local, port: 1883, maxKeepAlive: 300 }
users: { sam: { password: sam }, alice: { password: alice } }
topics:
  'home/+/heat': { publish: [sam], subscribe: [alice] }
  status: { publish: [sam], subscribe: [alice] }
  'users/%u': { publish: [all] }
`);
const live: LiveLab = {
  lab,
  broker: liveBrokerAt({ address: '127.0.0.1', port: 1883 }, { host: { kind: 'local' }, version: '2.0.21' }),
  pis: [livePiAt('pi', { address: '198.18.0.1', port: 1883 })],
};
const websockets = { address: '127.0.0.1', port: 1883, protocol: 'websockets' } as const;
const webSockets: LiveLab = {
  ...live,
  broker: liveBrokerAt(websockets),
  pis: [{ ...livePiAt('pi', websockets), broker: { ...websockets, listeners: [] } }],
};
const setup = setupOf(live, []);
const settings: Settings = {
  ...{ user: 'sam', place: '', program: 'mqtt.js', version: 4, clean: true, keepAlive: 60, listener: 1883 },
};

test('offers users, places with their programs, listeners and topics, those without wildcards first', (t) => {
  t.deepEqual(setup, {
    ...{ lab: 'live', brokerVersion: '2.0.21', users: ['sam', 'alice'], longestKeepAlive: 300, canRestart: true },
    isOpenToAll: false,
    places: [
      { name: '', programs: ['mqtt.js', 'paho', 'mosquitto'] },
      { name: 'pi', programs: ['paho', 'mosquitto', 'mqtt.js'] },
    ],
    listeners: [{ port: 1883, label: 'MQTT', users: ['sam', 'alice'] }],
    topics: ['status', 'users/sam', 'users/alice', 'home/+/heat'],
    steps: [],
  });
});

test('finds the user and the listener as the place reaches it', (t) => {
  const here = targetOf(live, setup, 'publisher', settings);
  t.like(here, { where: 'here', user: { name: 'sam' }, endpoint: { address: '127.0.0.1', port: 1883 } });
  for (const program of PROGRAMS) {
    const there = targetOf(live, setup, 'publisher', { ...settings, place: 'pi', program });
    t.like(there, { where: 'host', endpoint: { address: '198.18.0.1', port: 1883 } });
  }
  for (const program of ['paho', 'mosquitto'] as const) {
    const beside = targetOf(live, setup, 'publisher', { ...settings, program });
    t.like(beside, { where: 'host', endpoint: { address: '127.0.0.1', port: 1883 } });
  }
});

test('over WebSockets only mqtt.js on this machine connects', (t) => {
  const over = (change: Partial<Settings>) => () =>
    targetOf(webSockets, setup, 'publisher', { ...settings, ...change });
  t.like(over({})(), { where: 'here', endpoint: { protocol: 'websockets' } });
  for (const change of [{ program: 'paho' }, { program: 'mosquitto' }, { program: 'mqtt.js', place: 'pi' }] as const) {
    t.throws(over(change), { message: /over WebSockets only mqtt\.js on this machine connects/ });
  }
});

const WRONG: readonly (readonly [what: string, change: Partial<Settings>, RegExp])[] = [
  ['an unknown user', { user: 'bob' }, /the lab file has no user bob/],
  ['an unknown Pi', { place: 'attic' }, /the lab has no Pi attic/],
  ['an unknown listener', { listener: 8883 }, /no listener at port 8883 is reached from this machine/],
  ['a keep alive above the limit', { keepAlive: 301 }, /it must be 1 to 300, which is broker\.maxKeepAlive/],
  ['no keep alive where there is a limit', { keepAlive: 0 }, /it must be 1 to 300/],
  ['a keep alive that mosquitto refuses', { place: 'pi', program: 'mosquitto', keepAlive: 4 }, /keep alive below 5 s/],
  [
    'a last will on a filter',
    { will: { topic: 'a/#', payload: '', qos: 0, retain: false } },
    /the last will has a wildcard/,
  ],
  [
    'a filter with a wildcard out of place',
    { subscription: { filter: 'a#', qos: 0 } },
    /the filter has a wildcard out/,
  ],
];

for (const [what, change, message] of WRONG) {
  test(`refuses ${what}`, (t) => {
    t.throws(() => targetOf(live, setup, 'publisher', { ...settings, ...change }), { name: 'LabError', message });
  });
}

test('names all mistakes at once', (t) => {
  const error = t.throws(() =>
    targetOf(live, setup, 'subscriber', { ...settings, user: 'bob', keepAlive: 0, listener: 1 }),
  );
  t.regex(error?.message ?? '', /^live view: connect the subscriber: .*bob; .*port 1 .*; keep alive 0 s/);
});
