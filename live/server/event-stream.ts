import type { ServerResponse } from 'node:http';
import type { LiveEvent, Setup } from '../protocol.ts';

/** A browser that lost the stream asks again after this. */
const RETRY_MS = 500;
/** The most that is written before the reader has taken what was written before, but for one long event. */
const BATCH_CHARACTERS = 262_144;

/** Events that are numbered from 1. */
export type Events = {
  /** Those with a greater number. */
  since(seq: number): readonly LiveEvent[];
  /** Calls the listener for each new event; returns what ends that. */
  onEvent(listener: () => void): () => void;
};

export type StreamOptions = {
  readonly setup: Setup;
  readonly transcript: Events;
  /** Number of the last event that the reader has; 0 for none. */
  readonly after: number;
  readonly heartbeatMs: number;
  /** A reader that takes nothing for this long is disconnected; it may come back for the rest. */
  readonly stalledMs: number;
};

/**
 * Sends the setup, and then each event of the transcript (server-sent events, HTML 9.2). Events of one tick travel
 * together. A slow reader costs one batch of memory: the rest stays in the transcript until it is read.
 */
export function sendEvents(response: ServerResponse, options: StreamOptions): void {
  const { setup, transcript, heartbeatMs, stalledMs } = options;
  let { after } = options;
  let isBlocked = false;
  let isDue = false;
  let stalled: NodeJS.Timeout | undefined;
  const write = (text: string) => {
    if (response.write(text)) return;
    isBlocked = true;
    stalled = setTimeout(() => response.destroy(), stalledMs);
  };
  const send = () => {
    isDue = false;
    while (!isBlocked && !response.destroyed) {
      const batch = batchOf(transcript.since(after));
      if (batch === undefined) return;
      after = batch.last;
      write(batch.text);
    }
  };
  const stop = transcript.onEvent(() => {
    if (isDue || isBlocked) return;
    isDue = true;
    setImmediate(send);
  });
  const heartbeat = setInterval(() => {
    if (!isBlocked) write(':\n\n');
  }, heartbeatMs);
  response.on('drain', () => {
    clearTimeout(stalled);
    isBlocked = false;
    send();
  });
  response.once('close', () => {
    stop();
    clearInterval(heartbeat);
    clearTimeout(stalled);
  });
  write(`retry: ${RETRY_MS}\nevent: setup\ndata: ${JSON.stringify(setup)}\n\n`);
  send();
}

/** The first of these events as text, and the number of the last one in it; undefined for none. */
function batchOf(events: readonly LiveEvent[]): { readonly text: string; readonly last: number } | undefined {
  let text = '';
  let last: number | undefined;
  for (const event of events) {
    if (text.length >= BATCH_CHARACTERS) break;
    text += `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
    last = event.seq;
  }
  return last === undefined ? undefined : { text, last };
}
