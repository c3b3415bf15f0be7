import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isIP, Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, TLSSocket } from 'node:tls';
import { deferred } from '../../base/deferred.ts';
import { errorCode, errorMessage } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { startBound } from '../../base/slowness.ts';
import {
  ATTEMPT_MS,
  type Attempt,
  type AttemptEnd,
  type AttemptTls,
  alertOf,
  type Fault,
  type Outcome,
  type Pem,
} from './attempt.ts';

/** Versions below 1.2 need signatures that OpenSSL otherwise refuses (SSL_CTX_set_security_level(3)). */
const ANY_STRENGTH = 'DEFAULT@SECLEVEL=0';

const FAULTS: Readonly<Record<string, Fault>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'issuer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'issuer',
  CERT_SIGNATURE_FAILURE: 'issuer',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name',
  CERT_HAS_EXPIRED: 'time',
  CERT_NOT_YET_VALID: 'time',
};

/** Makes an attempt from this machine. Always resolves, within its bound. */
export async function attemptHere(attempt: Attempt, boundMs = ATTEMPT_MS): Promise<Outcome> {
  const tcp = new Socket();
  const over = deferred<AttemptEnd>();
  const seen: Writable<Outcome> = { end: { kind: 'silent' }, isConnected: false, answers: [] };
  const timer = startBound(boundMs, () =>
    over.resolve(seen.isConnected ? { kind: 'silent' } : unreachable('no answer')),
  );
  tcp.on('error', (error) => over.resolve(seen.isConnected ? endOf(error) : unreachable(errorMessage(error))));
  try {
    // what ends the connection also ends the work, and says why
    const work = go(tcp, attempt, seen, over.resolve).catch(() => over.promise);
    const end = await Promise.race([over.promise, work]);
    return { ...seen, end, answers: seen.answers.filter((text) => text !== '') };
  } finally {
    timer.close();
    tcp.destroy();
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

async function go(
  tcp: Socket,
  { address, port, tls, steps }: Attempt,
  seen: Writable<Outcome>,
  onEnd: (end: AttemptEnd) => void,
): Promise<AttemptEnd> {
  tcp.connect(port, address);
  await once(tcp, 'connect');
  seen.isConnected = true;
  const socket = tls === undefined ? tcp : connect({ socket: tcp, ...optionsOf(tls) });
  socket.on('error', (error) => onEnd(endOf(error)));
  socket.on('close', () => onEnd({ kind: 'closed' }));
  if (socket instanceof TLSSocket) {
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate();
    if (certificate !== undefined) seen.certificate = certificate.raw.toString('base64');
    const { authorizationError: refused } = socket;
    if (!socket.authorized) return distrusted(refused);
    seen.version = socket.getProtocol() ?? 'unknown';
  }
  const answers: string[] = [];
  seen.answers = answers;
  for (const { send, until } of steps) {
    const index = answers.push('') - 1;
    const answered = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        if (index !== answers.length - 1) return;
        answers[index] += chunk.toString('hex');
        if (answers[index]?.includes(until)) resolve();
      });
    });
    socket.write(Buffer.from(send, 'hex'));
    await answered;
  }
  return { kind: 'answered' };
}

/** The client looks at the certificate itself, so that it can show one that it refuses; it sends nothing to such a broker. */
function optionsOf({ ca, name, version, certificate }: AttemptTls): ConnectionOptions {
  return {
    ca: ca === undefined ? [] : textOf(ca),
    // the name that a client asks for is never an address (RFC 6066, section 3)
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_, shown) => checkServerIdentity(name, shown),
    rejectUnauthorized: false,
    ...(version === undefined
      ? { minVersion: 'TLSv1.2' }
      : { minVersion: version, maxVersion: version, ciphers: ANY_STRENGTH }),
    ...(certificate === undefined ? {} : { cert: textOf(certificate.chain), key: secretOf(certificate.key) }),
  };
}

function textOf(pem: Pem): string {
  return 'text' in pem ? pem.text : readFileSync(pem.file, 'utf8');
}

function secretOf(pem: Pem<Secret>): string {
  return 'text' in pem ? pem.text.reveal() : readFileSync(pem.file, 'utf8');
}

function unreachable(text: string): AttemptEnd {
  return { kind: 'unreachable', text };
}

/** Node has a code here, or an error with one. */
function distrusted(error: unknown): AttemptEnd {
  const code = errorCode(error) ?? String(error);
  return { kind: 'distrusted', fault: FAULTS[code] ?? 'other', text: code };
}

function endOf(error: Error): AttemptEnd {
  const reason = 'reason' in error ? String(error.reason) : errorMessage(error);
  const alert = alertOf(reason);
  if (alert !== undefined) return { kind: 'alert', text: alert };
  const code = errorCode(error);
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'closed' };
  return { kind: 'failed', text: reason };
}
