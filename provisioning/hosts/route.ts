import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { LabError, lastLines } from '../../base/errors.ts';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { parseSshUrl } from '../../lab-file/ssh-url.ts';
import type { Hop } from './hops.ts';
import type { Destination } from './ssh-config.ts';

/** How the bytes of a connection get to a host, again for each attempt to log in. */
export type Route = {
  /** ` through HOP`, for errors; empty where it is direct. */
  readonly words: string;
  /** The way there; undefined: TCP, which ssh2 opens itself. */
  open(): Promise<Duplex | undefined>;
  /** What the way itself has said, such as a proxy command that failed. */
  said(): string;
  /** Waits, where the way has ended, until all that it has said is here; a second at most. */
  ended(): Promise<void>;
  close(): void;
};

export const DIRECT: Route = {
  words: '',
  open: async () => undefined,
  said: () => '',
  ended: async () => undefined,
  close: () => undefined,
};

/** Over another host, which is logged in to already and is left with this connection. */
export function throughHop(hop: Hop, words: string, { hostName, port }: Destination): Route {
  return {
    words: ` through ${words}`,
    open: async () =>
      await new Promise((resolve, reject) => {
        hop.client.forwardOut('127.0.0.1', 0, hostName, port, (error, stream) =>
          error ? reject(error) : resolve(stream),
        );
      }),
    said: () => '',
    ended: async () => undefined,
    close: () => hop.leave(),
  };
}

/** How long a command that has closed the connection may take to say why. */
const LAST_WORDS_MS = 1_000;

/** By a command whose standard input and output are the connection (ssh_config(5), ProxyCommand); it is run as ssh runs it. */
export function throughCommand(command: string): Route {
  let words = '';
  const running = new Set<ChildProcess>();
  return {
    words: ' through its ProxyCommand',
    async open() {
      const shell = process.env.SHELL || '/bin/sh';
      const child = spawn(shell, ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'] });
      running.add(child);
      child.on('close', () => running.delete(child));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-2_000);
      });
      // one that can't start, or has gone: the connection tells
      child.on('error', (error) => {
        words += error.message;
      });
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

/** The hops of ssh_config(5) ProxyJump, `[user@]host[:port]` or ssh://…, in the order in which they are gone through. */
export function jumpsOf(name: string, proxyJump: string, { newHostKey }: Pick<SshAddress, 'newHostKey'>): SshAddress[] {
  return proxyJump.split(',').map((hop) => {
    const target = parseSshUrl(hop.startsWith('ssh://') ? hop : `ssh://${hop}`);
    if ('wrong' in target) {
      const happened = `a hop of ProxyJump ${target.wrong}`;
      throw new LabError(
        { subject: name, step: 'read the ssh configuration', happened, advice: 'mend ~/.ssh/config' },
        'could-not-run',
      );
    }
    return { ...target, identity: undefined, hostKey: undefined, newHostKey };
  });
}
