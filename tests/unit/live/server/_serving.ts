import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import type { Command, LiveEvent, NewEvent, Setup } from '../../../../live/protocol.ts';
import { type Served, type ServerOptions, startServer } from '../../../../live/server/server.ts';

export const SETUP: Setup = {
  lab: 'x',
  users: ['sam'],
  places: [{ name: '', programs: ['mqtt.js'] }],
  listeners: [],
  topics: ['status'],
  canRestart: false,
  steps: [],
};

export type Reply = { readonly status: number | undefined; readonly body: string; readonly headers: Headers };
type Headers = IncomingMessage['headers'];
export type Asking = Pick<RequestOptions, 'method' | 'headers'> & { readonly body?: string };

/** A server with a transcript to add to. `commands` are those that came; `nobody` counts the calls of `endClients`. */
export async function serving(
  t: ExecutionContext,
  { execute, ...options }: Partial<ServerOptions & Pick<Served, 'execute'>> = {},
) {
  const events: LiveEvent[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();
  const commands: Command[] = [];
  const calls = { nobody: 0 };
  const served: Served = {
    setup: SETUP,
    transcript: {
      since: (seq) => events.filter((event) => event.seq > seq),
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    execute: execute ?? (async (command) => void commands.push(command)),
    endClients: async () => {
      calls.nobody += 1;
    },
  };
  const usual = { session: Promise.resolve(served), page: 'script();', style: 'p {}' };
  const server = await startServer({ ...usual, ...options });
  t.teardown(() => server[Symbol.asyncDispose]());
  const add = (...added: readonly NewEvent[]) => {
    for (const event of added) {
      const stamped = { ...event, seq: events.length + 1, at: 0 };
      events.push(stamped);
      for (const listener of listeners) listener(stamped);
    }
  };
  const { origin, port, pathname } = new URL(server.address);
  const respond = async (path: string, { body, ...rest }: Asking = {}) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false, ...rest });
    asked.end(body);
    const [response]: [IncomingMessage] = await (once(asked, 'response') as Promise<[IncomingMessage]>);
    return response;
  };
  const ask = async (path: string, asking: Asking = {}): Promise<Reply> => {
    const response = await respond(path, asking);
    return { status: response.statusCode, body: await text(response), headers: response.headers };
  };
  const own = { origin, 'content-type': 'application/json' };
  return {
    ...{
      server,
      served,
      add,
      commands,
      calls,
      listeners,
      origin,
      port: Number(port),
      home: pathname,
      own,
      respond,
      ask,
    },
    /** Posts a command as the page does. */
    post: async (command: unknown, headers: RequestOptions['headers'] = own) =>
      await ask(`${pathname}command`, { method: 'POST', headers, body: JSON.stringify(command) }),
    /** Opens the stream of events as the page does. */
    async follow(headers: RequestOptions['headers'] = {}) {
      const response = await respond(`${pathname}events`, { headers });
      const read = { text: '' };
      response.on('data', (chunk) => {
        read.text += chunk;
      });
      // it ends with the server
      response.on('error', () => undefined);
      return { response, read };
    },
  };
}
