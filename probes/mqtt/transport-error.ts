import { errorCode, errorMessage } from '../../base/errors.ts';
import type { Endpoint } from './endpoint.ts';

/** Codes of a chain that does not lead to the CA (OpenSSL's x509_vfy.h, as Node names them). */
const NOT_OF_THE_CA = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
];

/** An error of a TLS or WebSocket connection that says what failed, with the code of the error that it explains. */
export function explained(error: unknown, { address, tls }: Endpoint): Error {
  const code = errorCode(error);
  const message = errorMessage(error);
  const inWords = (words: string) => Object.assign(new Error(`${words} (${code})`, { cause: error }), { code });
  const name = tls?.servername ?? address;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return inWords(`the certificate is not for ${name}`);
  if (code === 'CERT_HAS_EXPIRED') return inWords('the certificate has expired');
  if (code === 'CERT_NOT_YET_VALID') return inWords('the certificate is not valid yet');
  if (code !== undefined && NOT_OF_THE_CA.includes(code)) return inWords('the certificate is not from the expected CA');
  if (code?.startsWith('ERR_SSL_')) return inWords(`TLS failed: ${reasonOf(error) ?? message}`);
  if (isClosedInHandshake(error)) return closedDuring('TLS', error);
  if (message === 'socket hang up') return closedDuring('WebSocket', error);
  return error instanceof Error ? error : new Error(message);
}

/** Whether the broker closed the connection in order during the TLS handshake, for which Node has the code of a reset. */
export function isClosedInHandshake(error: unknown): boolean {
  return /before secure TLS connection/.test(errorMessage(error));
}

function closedDuring(handshake: string, cause: unknown): Error {
  return new Error(`the broker closed the connection during the ${handshake} handshake`, { cause });
}

/** OpenSSL's words, such as `tlsv13 alert certificate required`. */
function reasonOf(error: unknown): string | undefined {
  return error instanceof Error && 'reason' in error ? String(error.reason) : undefined;
}
