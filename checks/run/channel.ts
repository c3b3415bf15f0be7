import { connect } from 'node:net';
import process from 'node:process';
import { deferred } from '../../base/deferred.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { remember } from '../../provisioning/hosts/answers.ts';
import { lineReader } from '../../provisioning/hosts/shell.ts';
import { CHANNEL, type FromFile, line, readLine, type ToFile, type Wish } from './messages.ts';

/** A test file's end of the socket to `verify`. */
export type Channel = {
  readonly live: LiveLab;
  readonly wish: Wish;
  /** Aborts when `verify` says stop or is gone. */
  readonly stopped: AbortSignal;
  tell(message: FromFile): void;
  close(): Promise<void>;
};

/** How long a file that was stopped may take to clean up before it ends anyway. */
const CLEAN_UP_MS = 6_000;

export async function openChannel(file: string): Promise<Channel> {
  const path = process.env[CHANNEL];
  if (path === undefined) throw new Error('these tests need a running lab: start them with ./lab verify');
  const socket = connect(path);
  const stop = new AbortController();
  const got = deferred<Extract<ToFile, { kind: 'lab' }>>();
  let closing = false;
  const onGone = () => {
    got.reject(new Error('verify has gone'));
    if (closing || stop.signal.aborted) return;
    stop.abort();
    setTimeout(() => process.exit(1), CLEAN_UP_MS).unref();
  };
  const reader = lineReader((text) => {
    const message = readLine<ToFile>(text);
    if (message.kind === 'lab') got.resolve(message);
    else onGone();
  });
  socket.setEncoding('utf8').on('data', (chunk: string) => reader.push(chunk));
  socket.on('error', onGone);
  socket.on('close', onGone);
  const tell = (message: FromFile) => {
    if (socket.writable) socket.write(line(message));
  };
  tell({ kind: 'hello', file });
  const { live, wish, answers } = await got.promise;
  for (const [what, answer] of answers) remember(what, answer);
  return {
    live,
    wish,
    stopped: stop.signal,
    tell,
    async close() {
      closing = true;
      tell({ kind: 'done' });
      await new Promise<void>((resolve) => socket.end(resolve));
      socket.destroy();
    },
  };
}
