import test from 'ava';
import { sortOptions } from '../../../../mosquitto/import/conf.ts';
import { readConf } from '../../../../mosquitto/import/conf-lines.ts';
import { filesOf } from './_files.ts';

/** Listeners as `PORT@ADDRESS option=value …`, and the other options. */
async function read(main: string, others: Readonly<Record<string, string>> = {}) {
  const files = filesOf({ '/etc/mosquitto/mosquitto.conf': main, ...others });
  const { listeners, options } = sortOptions(await readConf(files));
  return {
    listeners: listeners.map(({ port, address, options: own }) =>
      [`${port}@${address ?? '*'}`, ...[...own.values()].map(({ name, value }) => `${name}=${value}`)].join(' '),
    ),
    options: options.map(({ name, value, file, line }) => `${file}:${line} ${name}=${value}`),
  };
}

/** [mosquitto.conf; listeners] */
const rows: readonly (readonly [conf: string, ...listeners: string[]])[] = [
  // listens on the loopback addresses alone (mosquitto.conf(5), listener)
  ['', '1883@127.0.0.1'],
  ['listener 1883', '1883@*'],
  ['listener 1883 127.0.0.1\nlistener 8883\ncertfile /c', '1883@127.0.0.1', '8883@* certfile=/c'],
  ['port 1884', '1884@* port=1884'],
  ['bind_address 10.0.0.1', '1883@10.0.0.1 bind_address=10.0.0.1'],
  ['port 1884\nlistener 9001\nprotocol websockets', '1884@* port=1884', '9001@* protocol=websockets'],
  ['max_connections 200\nlistener 1884', '1883@* max_connections=200', '1884@*'],
  ['listener 0 /run/mqtt.sock', '0@/run/mqtt.sock'],
];

for (const [conf, ...listeners] of rows) {
  test(`finds the listeners of ${conf.replaceAll('\n', ' | ')}`, async (t) => {
    t.deepEqual((await read(conf)).listeners, listeners);
  });
}

test('a file of an include_dir begins with the default listener, and the file around it goes on with its own', async (t) => {
  const { listeners, options } = await read('listener 1883\ninclude_dir /d\nmax_qos 1\nsys_interval 5', {
    '/d/b.conf': 'certfile /late',
    '/d/a.conf': 'listener 8883\ncertfile /c\nlog_type all',
  });
  t.deepEqual(listeners, ['1883@* certfile=/late', '1883@* max_qos=1', '8883@* certfile=/c']);
  t.deepEqual(options, ['/d/a.conf:3 log_type=all', '/etc/mosquitto/mosquitto.conf:4 sys_interval=5']);
});
