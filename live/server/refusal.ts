import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Refusal = { readonly status: number; readonly text: string };

type Asked = Pick<IncomingMessage, 'method' | 'headers'>;

/**
 * Why a request is not from the page; undefined where it may be. A name of another site that resolves to 127.0.0.1
 * shows in Host (DNS rebinding), another site's page in Origin or Sec-Fetch-Site (W3C Fetch Metadata).
 */
export function refusalOf({ method, headers }: Asked, port: number): Refusal | undefined {
  const origins = originsAt(port);
  const own = origins.find((origin) => origin === `http://${headers.host}`);
  if (own === undefined) return { status: 403, text: 'this address is not the one of the live view' };
  const { origin } = headers;
  const needsOrigin = method === 'POST';
  if (origin === undefined ? needsOrigin : origin !== own) return { status: 403, text: 'only the live view may ask' };
  if (!isOwnPage(headers)) return { status: 403, text: 'only the live view may ask' };
  return undefined;
}

/** A link to the page may stand elsewhere: who follows it has the token. Programs other than browsers send no such header. */
function isOwnPage(headers: Asked['headers']): boolean {
  const site = headers['sec-fetch-site'] ?? 'none';
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return site === 'none' || site === 'same-origin' || isVisit;
}

/** A URL leaves out the port of its scheme. */
function originsAt(port: number): string[] {
  return ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).origin);
}

/** Takes as long for every text of the same length. */
export function isSame(given: string, secret: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}
