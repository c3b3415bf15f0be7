import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { lastLines } from '../../base/errors.ts';
import type { SshProxy } from './ssh-config.ts';

/** How the bytes of a connection reach a host, again for each attempt to log in. */
export type Route = {
  /** ` through HOP`, for errors; empty where it is direct. */
  readonly words: string;
  /** What to try where the host does not answer. */
  readonly advice: string;
  /** Opens the way; undefined: TCP, which ssh2 opens itself. */
  open(): Promise<Duplex | undefined>;
  /** The last output of the proxy command, such as why it failed. */
  said(): string;
  /** Waits at most a second for the last output of a proxy command that has ended. */
  ended(): Promise<void>;
  close(): void;
};

export const DIRECT: Route = {
  words: '',
  advice: 'check that the host is on, that sshd runs there, and that address and port are right',
  open: async () => undefined,
  said: () => '',
  ended: async () => undefined,
  close: () => undefined,
};

/** How long a proxy command may take to print why it closed the connection. */
const LAST_WORDS_MS = 1_000;

/** A route through a command whose standard input and output are the connection, as ssh runs a ProxyCommand. */
export function throughProxy({ command, jump }: SshProxy): Route {
  let words = '';
  const running = new Set<ChildProcess>();
  return {
    ...descriptionOf(jump),
    async open() {
      words = '';
      const shell = process.env.SHELL || '/bin/sh';
      const child = spawn(shell, ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'] });
      running.add(child);
      child.on('close', () => running.delete(child));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-2_000);
      });
      child.on('error', (error) => {
        words += error.message;
      });
      // the connection reports the end of the command
      child.stdin.on('error', () => undefined);
      return Duplex.from({ readable: child.stdout, writable: child.stdin });
    },
    said: () => lastLines(words),
    async ended() {
      const closed = [...running].map((child) => new Promise((resolve) => child.on('close', resolve)));
      await Promise.race([Promise.all(closed), setTimeout(LAST_WORDS_MS, undefined, { ref: false })]);
    },
    close() {
      for (const child of running) child.kill();
    },
  };
}

function descriptionOf(jump: string | undefined): Pick<Route, 'words' | 'advice'> {
  if (jump === undefined) {
    return { words: ' through its ProxyCommand', advice: 'check the ProxyCommand in ~/.ssh/config' };
  }
  const hop = jump.slice(jump.lastIndexOf(',') + 1);
  const advice = `check that the host is on, and that \`ssh ${jump.includes(',') ? `-J ${jump.slice(0, jump.lastIndexOf(','))} ` : ''}${hop}\` logs in without a question: with a key and a known host key`;
  return { words: ` through ${jump}`, advice };
}
