import test from 'ava';
import { judgeRevoked } from '../../../../checks/tls/clients.ts';

const REFUSED = { verdict: 'pass', observed: null } as const;
const answered = (code: number) =>
  ({ verdict: 'fail', observed: null, reason: `the broker answered the CONNECT with code ${code}` }) as const;

test('over WebSockets Mosquitto 2.0 is known to let revoked certificates in', (t) => {
  t.is(judgeRevoked(answered(0), '2.0.21').verdict, 'deviation');
  t.is(judgeRevoked(answered(0), '2.1.0').verdict, 'fail');
  t.is(judgeRevoked(answered(0), undefined).verdict, 'fail');
  t.is(judgeRevoked(answered(5), '2.0.21').verdict, 'fail');
  t.is(judgeRevoked(REFUSED, '2.1.0').verdict, 'pass');
});
