import type { Secret } from '../../base/secret.ts';

export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** A PEM file's text, or its path on the client's host. */
export type Pem<Text = string> = { readonly text: Text } | { readonly file: string };

/** A connection to try, and what to send on it. */
export type Attempt = {
  readonly address: string;
  readonly port: number;
  /** Undefined: plain TCP. */
  readonly tls?: AttemptTls;
  readonly steps: readonly Step[];
};

export type AttemptTls = {
  /** The only CA that the client trusts; undefined: it trusts none. */
  readonly ca?: Pem;
  /** The host name or address that the certificate must be for. */
  readonly name: string;
  /** The only version that the client offers; undefined: 1.2 and later. */
  readonly version?: TlsVersion;
  readonly certificate?: { readonly chain: Pem; readonly key: Pem<Secret> };
};

/** Bytes to send, in hexadecimal, and bytes that end the wait for the answer. */
export type Step = { readonly send: string; readonly until: string };

/** What the client did not accept in the broker's certificate: who signed it, its name, its time, or anything else. */
export type Fault = 'issuer' | 'name' | 'time' | 'other';

/** How an attempt ended. */
export type AttemptEnd =
  /** Every step has its answer. */
  | { readonly kind: 'answered' }
  /** No TCP connection. */
  | { readonly kind: 'unreachable'; readonly text: string }
  /** The client refused the broker's certificate. */
  | { readonly kind: 'distrusted'; readonly fault: Fault; readonly text: string }
  /** The broker ended the connection by a TLS alert, such as `protocol version`. */
  | { readonly kind: 'alert'; readonly text: string }
  /** The broker closed the connection. */
  | { readonly kind: 'closed' }
  /** Nothing happened within the bound. */
  | { readonly kind: 'silent' }
  /** The client itself gave up, since what it received is not TLS, for example. */
  | { readonly kind: 'failed'; readonly text: string };

export type Outcome = {
  readonly end: AttemptEnd;
  /** Whether TCP connected. */
  readonly isConnected: boolean;
  /** The version of the TLS session; undefined: none came about. */
  readonly version?: string;
  /** The broker's own certificate as DER in base64, where it showed one. */
  readonly certificate?: string;
  /** The answer to each step that has one, whole or not, in hexadecimal. */
  readonly answers: readonly string[];
};

/** Bound on each wait of an attempt. */
export const ATTEMPT_MS = 5_000;

/** The alert in OpenSSL's words, such as `tlsv1 alert protocol version`; undefined: they name none. */
export function alertOf(reason: string): string | undefined {
  return /^(?:ssl|tls)v\d+ alert (.+)$/.exec(reason.toLowerCase().replaceAll('_', ' '))?.[1];
}
