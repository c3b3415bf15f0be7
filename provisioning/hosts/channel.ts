import type { ClientChannel } from 'ssh2';
import { deferred } from '../../base/deferred.ts';
import { codeOfSignal } from './exit-code.ts';

/** A command on a remote host. `exited` gives its exit code after all output, as of a shell for a signal, undefined when the host died. */
export type Channel = { readonly stream: ClientChannel; readonly exited: Promise<number | undefined> };

type Opened = (error: Error | undefined, stream: ClientChannel) => void;

/**
 * Opens a channel by `client.exec` or `client.shell`. It adds the listeners before anything else is read: a command that
 * ends at once has its exit code in the same packet.
 */
export async function openChannel(open: (opened: Opened) => void): Promise<Channel> {
  return await new Promise((resolve, reject) => {
    open((error, stream) => {
      if (error !== undefined) return reject(error);
      const exited = deferred<number | undefined>();
      let code: number | undefined;
      stream.on('exit', (exitCode: number | null, signal?: string) => {
        code = exitCode ?? codeOfSignal(signal);
      });
      stream.on('close', () => exited.resolve(code));
      resolve({ stream, exited: exited.promise });
    });
  });
}

/** Whether a host refused a channel (RFC 4254 5.1): sshd does where a connection has MaxSessions sessions already. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && 'reason' in error && (error.reason === 2 || error.reason === 1);
}
