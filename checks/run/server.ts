import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { allAnswers } from '../../provisioning/hosts/answers.ts';
import { lineReader } from '../../provisioning/hosts/shell.ts';
import { type FromFile, line, type RunOptions, readLine } from './messages.ts';

/** `verify`'s end of the sockets to the test files. */
export type Server = AsyncDisposable & {
  readonly path: string;
  /** Has every file end early and clean up. */
  stop(): void;
};

/**
 * Listens in a folder that only this user can enter; hands the lab, once it is known, to every test file that comes and passes on what it tells.
 * Where `live` rejects, the files are sent away.
 */
export async function listen(
  live: Promise<LiveLab>,
  options: RunOptions,
  onMessage: (message: FromFile, file: string) => void,
): Promise<Server> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-'));
  const socketPath = path.join(folder, 'verify.sock');
  const files = new Set<Socket>();
  const server = createServer((socket) => {
    files.add(socket);
    let file = '';
    const reader = lineReader((text) => {
      const message = readLine<FromFile>(text);
      if (message.kind === 'hello') file = message.file;
      onMessage(message, file);
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => reader.push(chunk));
    // a test file that dies is noticed by the records that are missing
    socket.on('error', () => undefined);
    socket.on('close', () => files.delete(socket));
    live.then(
      (known) => socket.write(line({ kind: 'lab', live: known, options, answers: allAnswers() })),
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    path: socketPath,
    stop() {
      for (const socket of files) socket.write(line({ kind: 'stop' }));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of files) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
