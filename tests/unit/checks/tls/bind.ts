import test from 'ava';
import { bindCheck } from '../../../../checks/tls/bind.ts';

test('a Pi on the host of the broker may reach its loopback', (t) => {
  const loopback = { port: 1884, bind: 'loopback' } as const;
  t.true('why' in bindCheck(loopback, '127.0.0.1'));
  t.false('why' in bindCheck(loopback, '192.0.2.1'));
  t.false('why' in bindCheck({ port: 1883, bind: 'all' }, '127.0.0.1'));
});
