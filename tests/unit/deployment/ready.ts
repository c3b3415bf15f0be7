import { createServer, type Server } from 'node:net';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { awaitReady, type Knock, knockOnce, notReady, requireAnswer } from '../../../deployment/ready.ts';
import type { HostAddress } from '../../../provisioning/hosts/open.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = labOf(TWO_USERS);
const never = new AbortController().signal;

function knock(port: number, host: HostAddress | undefined = undefined): Knock {
  return { lab, broker: { address: '127.0.0.1', port, host, version: undefined } };
}

/** A broker that says these bytes to whoever connects. */
async function sayer(hex: string): Promise<Server & AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => hex !== '' && socket.write(Buffer.from(hex, 'hex')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(server, { port, [Symbol.asyncDispose]: async () => void server.close() });
}

test('one CONNECT: accepted, refused, no CONNACK, no listener', async (t) => {
  await using accepting = await sayer('20020000');
  await using refusing = await sayer('20020005');
  await using mute = await sayer('');
  t.deepEqual(await knockOnce(knock(accepting.port)), { kind: 'accepted' });
  t.deepEqual(await knockOnce(knock(refusing.port)), {
    kind: 'refused',
    text: 'CONNACK with return code 5 (not authorised)',
  });
  t.deepEqual(await knockOnce(knock(mute.port), 1_000), { kind: 'silent', text: 'connected, but no CONNACK' });
  t.is((await knockOnce(knock(1))).kind, 'silent');
});

test('a refusal ends the waiting at once, and is an answer to whoever only looks', async (t) => {
  await using refusing = await sayer('20020005');
  const local = knock(refusing.port, { kind: 'local' });
  const begin = performance.now();
  const error = await t.throwsAsync(awaitReady(local, never), { instanceOf: LabError });
  t.true(performance.now() - begin < 5_000);
  t.is(error.exitCode, 1);
  t.regex(error.message, /refused|not authorised/);
  await t.notThrowsAsync(requireAnswer(local, never));
});

test('a broker that does not answer: one error within 3 s, exit code 2', async (t) => {
  const begin = performance.now();
  const error = await t.throwsAsync(requireAnswer(knock(1, { kind: 'local' }), never), { instanceOf: LabError });
  t.true(performance.now() - begin < 4_500);
  t.is(error.exitCode, 2);
  t.regex(
    error.message,
    /connect as sam to 127\.0\.0\.1 port 1: no answer from the broker within 2\.5 s: .*ECONNREFUSED/,
  );
});

const SILENT = { kind: 'silent', text: 'x' } as const;
const REFUSED = { kind: 'refused', text: 'x' } as const;

test('a host that is never touched gets no advice to look into its files', (t) => {
  for (const answer of [SILENT, REFUSED]) {
    const error = notReady(knock(1), answer, 2_500, false);
    t.notRegex(error.message, /\/var\/log|lab up/);
    t.regex(error.message, /never changes it/);
  }
  t.regex(notReady(knock(1, { kind: 'local' }), SILENT, 2_500, false).message, /\.\/lab up.*mosquitto\.log/);
  t.is(notReady(knock(1), SILENT, 2_500, true).trouble.happened, 'interrupted');
});
