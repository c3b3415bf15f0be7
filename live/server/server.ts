import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode, errorMessage, ignoreFailure, LabError } from '../../base/errors.ts';
import { masked } from '../../base/secret.ts';
import type { Command, Setup } from '../protocol.ts';
import { commandOf } from './command-body.ts';
import { DOCUMENT } from './document.ts';
import { type Events, sendEvents } from './event-stream.ts';
import { isOfThisUser } from './peer.ts';
import { openPresence, type Presence } from './presence.ts';
import { isSame, refusalOf } from './refusal.ts';

/** In milliseconds; `commands`: the most in a second. */
const LIMITS = { nobody: 5_000, heartbeat: 15_000, stalled: 20_000, once: 60_000, commands: 50 };
const TOKEN_BYTES = 24;

/** Of every answer. Only `page.js` is a script (nosniff). */
const HEADERS = {
  'content-security-policy': [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", 'img-src data:'],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** What the pages show and control. */
export type Served = {
  readonly setup: Setup;
  readonly transcript: Events;
  /** Throws a LabError for a command that does not work. */
  execute(command: Command): Promise<void>;
  /** Called when the last page has been gone for 5 s: a page that loads again comes back sooner. */
  endClients(): Promise<void>;
};

export type ServerOptions = {
  /** @default one that is free */
  readonly port?: number | undefined;
  /** Pages wait for it; where it fails, their streams end. */
  readonly session: Promise<Served>;
  /** The page's script and style sheet. */
  readonly page: string;
  readonly style: string;
  /** For tests. */
  readonly limits?: Partial<typeof LIMITS>;
};

export type LiveServer = AsyncDisposable & {
  /** A secret: it gives access to the live view. */
  readonly address: string;
  /** Leads a program of this user to the page, once, within a minute. Others may read it, as on a command line. */
  addressForOnce(): string;
};

/**
 * Serves a live view on 127.0.0.1. Every path begins with a random token; the page asks, no other site does.
 * Throws a LabError where it cannot listen.
 */
export async function startServer(options: ServerOptions): Promise<LiveServer> {
  const server = createServer();
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const limits = { ...LIMITS, ...options.limits };
  const endClients = async () => await (await options.session).endClients();
  const presence = openPresence(limits.nobody, () => void ignoreFailure(endClients()));
  const live: Serving = { ...options, limits, port, presence, token: newToken(), once: new Set(), recent: [] };
  server.on('request', (request, response) => {
    answer(live, request, response).catch((error) => {
      // the reader has gone
      if (response.destroyed || response.headersSent) response.destroy();
      else end(response, 500, `the live view failed: ${masked(errorMessage(error))}`);
    });
  });
  const address = `http://127.0.0.1:${port}/${live.token}/`;
  return {
    address,
    addressForOnce() {
      const token = newToken();
      live.once.add(token);
      setTimeout(() => live.once.delete(token), limits.once).unref();
      return `http://127.0.0.1:${port}/${token}`;
    },
    async [Symbol.asyncDispose]() {
      presence.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Serving = Omit<ServerOptions, 'limits' | 'port'> & {
  readonly limits: typeof LIMITS;
  readonly port: number;
  readonly presence: Presence;
  readonly token: string;
  /** Tokens that lead to the page once. */
  readonly once: Set<string>;
  /** When the latest commands came, by performance.now(). */
  readonly recent: number[];
};

async function answer(live: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '' } = request;
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const refusal = refusalOf(request, live.port);
  if (refusal !== undefined) return end(response, refusal.status, refusal.text);
  const [, token = '', ...rest] = url.split('/');
  const route = [`${method} `, ...rest].join('/');
  const ticket = [...live.once].find((one) => isSame(token, one));
  // another user may have read it in the list of processes
  if (
    route === 'GET ' &&
    ticket !== undefined &&
    (await isOfThisUser(request.socket)) &&
    // a second request may have been faster
    live.once.delete(ticket)
  ) {
    response.setHeader('location', `/${live.token}/`);
    return end(response, 303, '');
  }
  if (!isSame(token, live.token)) return end(response, 404, 'not found');
  switch (route) {
    case 'GET /':
      return end(response, 200, DOCUMENT, 'text/html');
    case 'GET /page.js':
      return end(response, 200, live.page, 'text/javascript');
    case 'GET /style.css':
      return end(response, 200, live.style, 'text/css');
    case 'GET /events':
      return await follow(live, request, response);
    case 'POST /command':
      return await command(live, request, response);
    default:
      return end(response, 404, 'not found');
  }
}

async function follow({ session, presence, limits }: Serving, request: IncomingMessage, response: ServerResponse) {
  const last = Number(request.headers['last-event-id']);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
  presence.add(response);
  const { setup, transcript } = await session;
  // its reader did not wait so long
  if (response.destroyed) return;
  const after = Number.isSafeInteger(last) && last > 0 ? last : 0;
  sendEvents(response, { setup, transcript, after, heartbeatMs: limits.heartbeat, stalledMs: limits.stalled });
}

async function command(live: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isInTime(live)) return end(response, 429, `at most ${live.limits.commands} commands a second`);
  const given = await commandOf(request);
  if ('status' in given) return end(response, given.status, given.text);
  try {
    await (await live.session).execute(given);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return end(response, 422, error.message);
  }
  end(response, 204, '');
}

function isInTime({ recent, limits }: Serving): boolean {
  const now = performance.now();
  while (recent[0] !== undefined && recent[0] < now - 1000) recent.shift();
  if (recent.length >= limits.commands) return false;
  recent.push(now);
  return true;
}

function end(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  // what is left of a body that was refused is not read
  if (status === 413 || status === 429) response.setHeader('connection', 'close');
  if (status !== 204) response.setHeader('content-type', `${type}; charset=utf-8`);
  response.writeHead(status).end(text);
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const happened = errorCode(error) === 'EADDRINUSE' ? 'another program listens there' : errorMessage(error);
    const advice = 'choose another port with --port, or leave the option out for one that is free';
    const step = `listen on port ${port} of 127.0.0.1`;
    throw new LabError({ subject: 'live view', step, happened, advice }, 'could-not-run');
  }
}
