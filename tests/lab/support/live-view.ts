import type { z } from 'zod';
import { deferred } from '../../../base/deferred.ts';
import {
  type Command,
  type EventOf,
  eventSchema,
  type LiveEvent,
  type PacketView,
  type Setup,
  type Side,
  setupSchema,
} from '../../../live/protocol.ts';
import { openFeed } from '../../../probes/mqtt/feed.ts';
import type { LabCommand } from './command.ts';
import type { TestLab } from './lab.ts';

/** A `./lab live` under way, as a page of it. Disposing of it ends the command as Ctrl-C does, and waits for its end. */
export type LiveView = AsyncDisposable & {
  readonly address: string;
  readonly command: LabCommand;
  readonly setup: Setup;
  readonly events: readonly LiveEvent[];
  /** Sends a command; throws with the answer where it is refused. */
  send(command: Command): Promise<void>;
  /** The first event after the number `after` that matches, here or to come. */
  event(
    matches: (event: LiveEvent) => boolean,
    what: string,
    options?: { after?: number; boundMs?: number },
  ): Promise<LiveEvent>;
  /** The first packet of a side with these fields, after the latest one that was waited for. */
  packet(side: Side, fields: Partial<PacketView>): Promise<EventOf<'packet'>>;
  /** The first words that match, after the latest ones that were waited for. */
  words(pattern: RegExp): Promise<EventOf<'words'>>;
  /** Closes the page, and leaves the command running. */
  leave(): void;
};

const EVENT_MS = 20_000;

/** Starts `./lab live`, and opens its stream of events as the page does. */
export async function openLiveView(lab: Pick<TestLab, 'start'>, args: readonly string[] = []): Promise<LiveView> {
  const command = lab.start(['live', '--no-open', ...args], { boundMs: 600_000 });
  await command.shows(/^live view: (http\S+)$/m, 30_000);
  const address = /^live view: (http\S+)$/m.exec(command.soFar())?.[1] ?? '';
  const events = openFeed<LiveEvent>('the live view');
  const closing = new AbortController();
  const response = await fetch(`${address}events`, { signal: closing.signal });
  const { promise: setup, take } = reader(events.push);
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) take(decoder.decode(chunk, { stream: true }));
  })();
  reading.then(
    () => events.end('the stream ended'),
    () => events.end('the stream broke'),
  );
  const seen = { publisher: 0, subscriber: 0, words: 0 };
  return {
    async packet(side, fields) {
      const isWanted = ({ packet }: EventOf<'packet'>) =>
        Object.entries(fields).every(([name, value]) => packet[name as keyof PacketView] === value);
      const found = await events.first(
        (event) => event.seq > seen[side] && event.is === 'packet' && event.side === side && isWanted(event),
        `${JSON.stringify(fields)} of the ${side}`,
        EVENT_MS,
      );
      seen[side] = found.seq;
      return found as EventOf<'packet'>;
    },
    async words(pattern) {
      const found = await events.first(
        (event) => event.seq > seen.words && event.is === 'words' && pattern.test(event.text),
        `words ${pattern}`,
        EVENT_MS,
      );
      seen.words = found.seq;
      return found as EventOf<'words'>;
    },
    ...{ address, command, setup: await setup, events: events.items, leave: () => closing.abort() },
    async send(body) {
      const headers = { 'content-type': 'application/json', origin: new URL(address).origin };
      const answer = await fetch(`${address}command`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    },
    event: (matches, what, { after = 0, boundMs = EVENT_MS } = {}) =>
      events.first((event) => event.seq > after && matches(event), what, boundMs),
    async [Symbol.asyncDispose]() {
      command.interrupt();
      await command.ended;
      closing.abort();
    },
  };
}

/** Reads server-sent events (HTML, 9.2), and validates each. */
function reader(push: (event: LiveEvent) => void) {
  let pending = '';
  const setup = deferred<Setup>();
  const parse = <S extends z.ZodType>(schema: S, text: string): z.infer<S> => schema.parse(JSON.parse(text));
  return {
    promise: setup.promise,
    take(text: string) {
      const blocks = (pending + text).split('\n\n');
      pending = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) continue;
        if (/^event: setup$/m.test(block)) setup.resolve(parse(setupSchema, data));
        else push(parse(eventSchema, data));
      }
    },
  };
}
