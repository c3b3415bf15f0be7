import { connect } from 'node:net';
import process from 'node:process';
import { deferred } from '../../base/deferred.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { remember } from '../../provisioning/hosts/answers.ts';
import { lineReader } from '../../provisioning/hosts/shell.ts';
import { CHANNEL, type FromFile, line, type RunOptions, readLine, type ToFile } from './messages.ts';

/** A test file's end of the socket to `verify`. */
export type Channel = {
  readonly live: LiveLab;
  readonly options: RunOptions;
  /** Aborts when `verify` says stop or is gone. */
  readonly stopped: AbortSignal;
  report(message: FromFile): void;
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
  const report = (message: FromFile) => {
    if (socket.writable) socket.write(line(message));
  };
  report({ kind: 'hello', file });
  const { live, options, answers } = await got.promise;
  for (const [what, answer] of answers) remember(what, answer);
  return {
    live,
    options,
    stopped: stop.signal,
    report,
    async close() {
      closing = true;
      report({ kind: 'done' });
      await new Promise<void>((resolve) => socket.end(resolve));
      socket.destroy();
    },
  };
}
