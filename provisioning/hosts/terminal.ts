import process from 'node:process';
import type { Client } from 'ssh2';
import { type Channel, openChannel } from './channel.ts';

/** Runs a login shell in this terminal and gives its exit code. */
export async function interactiveShell(client: Client): Promise<number> {
  const { stdin, stdout } = process;
  const size = () => ({ rows: stdout.rows ?? 24, cols: stdout.columns ?? 80, height: 0, width: 0 });
  const terminal = { term: process.env.TERM ?? 'xterm', ...size() };
  const channel = await openChannel((opened) => client.shell(terminal, opened));
  const onResize = () => channel.stream.setWindow(size().rows, size().cols, 0, 0);
  stdin.setRawMode(true);
  stdout.on('resize', onResize);
  try {
    return await connectStreams(channel);
  } finally {
    stdin.setRawMode(false);
    stdout.off('resize', onResize);
  }
}

/** Runs a command, or a shell for an empty one, with this process's standard streams. Gives its exit code, 128 after a signal. */
export async function remoteCommand(client: Client, command: string, signal: AbortSignal): Promise<number> {
  const line = command === '' ? 'exec "$SHELL" -s' : command;
  const channel = await openChannel((opened) => client.exec(line, opened));
  signal.addEventListener('abort', () => channel.stream.signal('INT'), { once: true });
  return await connectStreams(channel);
}

async function connectStreams({ stream, exited }: Channel): Promise<number> {
  stream.pipe(process.stdout, { end: false });
  stream.stderr.pipe(process.stderr, { end: false });
  process.stdin.pipe(stream);
  const code = await exited;
  process.stdin.unpipe(stream);
  process.stdin.pause();
  return code ?? 128;
}
