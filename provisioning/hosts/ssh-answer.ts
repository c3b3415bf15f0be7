import { connect } from 'node:net';
import { errorCode, errorMessage } from '../../base/errors.ts';

/** What a host says at the port of its SSH server, before any login. */
export type SshAnswer =
  | { readonly kind: 'ssh' }
  /** No network knows the name. */
  | { readonly kind: 'unknown name' }
  /** The host answers, and nothing listens at the port. */
  | { readonly kind: 'refused' }
  /** The host accepts the connection and closes it without a word of SSH. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent'; readonly why: string };

/** RFC 4253, 4.2: the server's first words. */
const BANNER = 'SSH-';

/** Asks once, for at most `ms`; never rejects. */
export async function sshAnswer(host: string, port: number, ms: number, signal: AbortSignal): Promise<SshAnswer> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: SshAnswer) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end({ kind: 'silent', why: 'timed out' }), ms);
    const onAbort = () => end({ kind: 'silent', why: 'interrupted' });
    signal.addEventListener('abort', onAbort);
    let said = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text;
      if (said.includes(BANNER)) end({ kind: 'ssh' });
    });
    socket.on('error', (error) => end(answerOf(error)));
    socket.on('close', () => end({ kind: 'closed' }));
  });
}

function answerOf(error: Error): SshAnswer {
  const code = errorCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'unknown name' };
  if (code === 'ECONNREFUSED') return { kind: 'refused' };
  if (code === 'ECONNRESET') return { kind: 'closed' };
  return { kind: 'silent', why: code === 'ENETUNREACH' ? 'this machine has no network to it' : errorMessage(error) };
}
