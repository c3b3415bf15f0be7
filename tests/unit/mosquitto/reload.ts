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
