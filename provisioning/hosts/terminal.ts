import process from 'node:process';
import type { Client, ClientChannel } from 'ssh2';

/** A login shell in this terminal, until it ends; its exit code. */
export async function interactiveShell(client: Client): Promise<number> {
  const { stdin, stdout } = process;
  const size = () => ({ rows: stdout.rows ?? 24, cols: stdout.columns ?? 80, height: 0, width: 0 });
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const terminal = { term: process.env.TERM ?? 'xterm', ...size() };
    client.shell(terminal, (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  const onResize = () => channel.setWindow(size().rows, size().cols, 0, 0);
  stdin.setRawMode(true);
  stdout.on('resize', onResize);
  try {
    return await joined(channel);
  } finally {
    stdin.setRawMode(false);
    stdout.off('resize', onResize);
  }
}

/** A command with this process's standard input, output and error; its exit code, 128 when a signal ended it. An empty one is a shell. */
export async function remoteCommand(client: Client, command: string, signal: AbortSignal): Promise<number> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    const line = command === '' ? 'exec "$SHELL" -s' : command;
    client.exec(line, (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  signal.addEventListener('abort', () => channel.signal('INT'), { once: true });
  return await joined(channel);
}

async function joined(channel: ClientChannel): Promise<number> {
  let code = 128;
  channel.on('exit', (exitCode: number | null) => {
    code = exitCode ?? 128;
  });
  channel.pipe(process.stdout, { end: false });
  channel.stderr.pipe(process.stderr, { end: false });
  process.stdin.pipe(channel);
  await new Promise((resolve) => channel.on('close', resolve));
  process.stdin.unpipe(channel);
  process.stdin.pause();
  return code;
}
