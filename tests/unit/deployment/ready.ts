import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import type { LabBroker } from '../../../deployment/connect-once.ts';
import { awaitReady, notReady, requireAnswer } from '../../../deployment/ready.ts';
import type { HostAddress } from '../../../provisioning/hosts/open.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { liveBrokerAt } from '../_live.ts';
import { sayer } from './_sayer.ts';

const lab = labOf(TWO_USERS);
const never = new AbortController().signal;

function broker(port: number, host: HostAddress | undefined = undefined): LabBroker {
  return { lab, broker: liveBrokerAt({ address: '127.0.0.1', port }, { host }) };
}

test('ends the wait early on a refusal, which requireAnswer accepts as an answer', async (t) => {
  await using refusing = await sayer('20020005');
  const local = broker(refusing.port, { kind: 'local' });
  const begin = performance.now();
  const error = await t.throwsAsync(awaitReady(local, never), { instanceOf: LabError });
  t.true(performance.now() - begin < 5_000);
  t.is(error.exitCode, 1);
  t.regex(error.message, /refused|not authorised/);
  await t.notThrowsAsync(requireAnswer(local, never));
});

test('throws within 3 s for a broker that does not answer, with its last answer', async (t) => {
  const begin = performance.now();
  const error = await t.throwsAsync(requireAnswer(broker(1, { kind: 'local' }), never), { instanceOf: LabError });
  t.true(performance.now() - begin < 4_500);
  t.is(error.exitCode, 2);
  t.regex(
    error.message,
    /connect as sam to 127\.0\.0\.1 port 1: no answer from the broker within 2\.5 s: .*ECONNREFUSED/,
  );
});

const SILENT = { kind: 'silent', text: 'x', isConnected: false, isLate: false } as const;
const REFUSED = { kind: 'refused', text: 'x' } as const;

test('gives no advice about files on the host of an external broker', (t) => {
  for (const answer of [SILENT, REFUSED]) {
    const error = notReady(broker(1), answer, 2_500, never);
    t.notRegex(error.message, /\/var\/log|lab up/);
    t.regex(error.message, /never changes it/);
  }
  t.regex(notReady(broker(1, { kind: 'local' }), SILENT, 2_500, never).message, /\.\/lab up.*mosquitto\.log/);
  t.is(notReady(broker(1), SILENT, 2_500, AbortSignal.abort()).trouble.happened, 'interrupted');
});

test('leads to the certificate where the client refused it', (t) => {
  const text = 'the certificate is not for 127.0.0.1 (ERR_TLS_CERT_ALTNAME_INVALID)';
  const error = notReady(broker(1, { kind: 'local' }), { ...SILENT, text, isConnected: true }, 2_500, never);
  t.regex(error.message, /broker\.tls/);
  t.notRegex(error.message, /lab status/);
});
