import test from 'ava';
import { changedOptions, loadingNeeded } from '../../../mosquitto/reload.ts';

test('compares options by name and value, whatever separates them', (t) => {
  const from = '# a\n  listener 1883  \nlog_type error\nlog_type warning\n\nmax_qos 1';
  t.deepEqual(changedOptions(from, 'listener\t1883\nmax_qos 1\nlog_type error\nlog_type warning\n'), []);
  t.deepEqual(changedOptions(from, 'listener 1884\nlog_type warning\nlog_type error\n'), [
    'listener',
    'log_type',
    'max_qos',
  ]);
});

test('trusts a reload on the two measured versions and those between them', (t) => {
  const verb = (version: string) => loadingNeeded({ from: '', to: 'sys_interval 1', others: [], version })?.verb;
  t.deepEqual(
    ['2.0.10-1', '2.0.11-1.2+deb12u2', '1:2.0.18-1ubuntu1', '2.0.21-1', '2.0.22-0mosquitto1', '2.1.2', ''].map(verb),
    ['restart', 'reload', 'reload', 'reload', 'restart', 'restart', 'restart'],
  );
});

test('restarts a broker where TLS, certificates of clients or WebSockets move to another listener', (t) => {
  const secured = 'certfile /c\nkeyfile /k\n';
  for (const [options, moved] of [
    [`listener 1\nlistener 2\n${secured}`, `listener 1\n${secured}listener 2\n`],
    [`listener 1\nrequire_certificate true\nlistener 2\n`, `listener 1\nlistener 2\nrequire_certificate true\n`],
    [`listener 1\nprotocol websockets\nlistener 2\n`, `listener 1\nlistener 2\nprotocol websockets\n`],
  ] as const) {
    t.deepEqual(loadingNeeded({ from: options, to: moved, others: [], version: '2.0.21-1' }), {
      verb: 'restart',
      reason: 'listeners changed',
    });
    t.is(loadingNeeded({ from: options, to: options, others: [], version: '2.0.21-1' }), undefined);
  }
});

test('restarts a broker for a new certificate of secure WebSockets, which a reload does not load', (t) => {
  const load = (conf: string) =>
    loadingNeeded({ from: conf, to: conf, others: ['certificates'], version: '2.0.21-1' })?.verb;
  t.is(load('listener 9001\nprotocol websockets\ncertfile /c\n'), 'restart');
  t.is(load('listener 9001\nprotocol websockets\nlistener 8883\ncertfile /c\n'), 'reload');
});
