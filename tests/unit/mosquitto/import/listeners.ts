import test from 'ava';
import { sortOptions } from '../../../../mosquitto/import/conf.ts';
import { readConf } from '../../../../mosquitto/import/conf-lines.ts';
import { listenersOf } from '../../../../mosquitto/import/listeners.ts';
import { filesOf } from './_files.ts';

async function read(conf: string) {
  const { listeners } = sortOptions(await readConf(filesOf({ '/etc/mosquitto/mosquitto.conf': conf })));
  const { port, options, notes } = listenersOf(listeners);
  return { port, options: Object.fromEntries(options), notes: notes.map(({ line, text }) => `${line} ${text}`) };
}

/** [mosquitto.conf; port; the notes] */
const rows: readonly (readonly [conf: string, port: number, ...notes: RegExp[]])[] = [
  ['listener 1884', 1884],
  ['port 1884', 1884],
  ['listener 1884\nsocket_domain ipv4', 1884],
  ['listener 1883 127.0.0.1\nlistener 1884', 1884, /^1 .*1883 on the loopback/],
  ['listener 1884 10.0.0.1', 1884, /^1 .*10\.0\.0\.1/],
  ['', 1883, /loopback/],
  ['listener 8883\ncertfile /c\nkeyfile /k\nlistener 1884', 1884, /^1 .*8883 with TLS/],
  ['listener 1884\nlistener 9001\nprotocol websockets\ncertfile /c', 1884, /^2 .*9001 for WebSockets with TLS/],
  ['listener 1884\nmount_point x/', 1884, /^2 mount_point: /],
  ['listener 1884\nmax_connections 20', 1884, /^2 max_connections: at least 100/],
];

for (const [conf, port, ...wanted] of rows) {
  test(`says the listeners of ${conf.replaceAll('\n', ' | ')}`, async (t) => {
    const { port: found, notes } = await read(conf);
    t.is(found, port);
    t.is(notes.length, wanted.length, notes.join('\n'));
    for (const [index, pattern] of wanted.entries()) t.regex(notes[index] ?? '', pattern);
  });
}

test('options of the listener are options of the broker', async (t) => {
  t.deepEqual((await read('listener 1884\nmax_connections 300\nmax_qos 1')).options, {
    max_connections: 300,
    max_qos: 1,
  });
});
