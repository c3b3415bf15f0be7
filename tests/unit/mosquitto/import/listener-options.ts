import test from 'ava';
import { sortOptions } from '../../../../mosquitto/import/conf.ts';
import { readConf } from '../../../../mosquitto/import/conf-lines.ts';
import { listenerOptions } from '../../../../mosquitto/import/listener-options.ts';
import { filesOf } from './_files.ts';

async function read(conf: string) {
  const { listeners } = sortOptions(await readConf(filesOf({ '/etc/mosquitto/mosquitto.conf': conf })));
  const { options, notes } = listenerOptions(listeners);
  return { options: Object.fromEntries(options), notes: notes.map(({ line, text }) => `${line} ${text}`) };
}

test('takes the options that all listeners have', async (t) => {
  const conf =
    'listener 1884\nmax_topic_alias_broker 30\nsocket_domain ipv4\nlistener 1885\nmax_topic_alias_broker 30\nprotocol websockets';
  t.deepEqual(await read(conf), { options: { max_topic_alias_broker: 30 }, notes: [] });
});

test('notes the others', async (t) => {
  const conf = 'listener 1884\nmax_qos 1\nmount_point x/\nlistener 1885\nmax_connections 20';
  const { options, notes } = await read(conf);
  t.deepEqual(options, {});
  t.is(notes.length, 3);
  for (const [index, pattern] of [
    /^2 max_qos: .*SIGHUP/,
    /^3 mount_point: /,
    /^5 max_connections: .*SIGHUP/,
  ].entries()) {
    t.regex(notes[index] ?? '', pattern);
  }
});
