import test from 'ava';
import { alertOf } from '../../../../probes/tls/attempt.ts';

test("reads an alert in the words of Node's and of Python's OpenSSL", (t) => {
  t.is(alertOf('tlsv1 alert protocol version'), 'protocol version');
  t.is(alertOf('TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'certificate required');
  t.is(alertOf('sslv3 alert handshake failure'), 'handshake failure');
  t.is(alertOf('WRONG_VERSION_NUMBER'), undefined);
  t.is(alertOf('read ECONNRESET'), undefined);
});
