import { shellScript } from '../../base/shell-script.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import type { Host, Running } from '../../provisioning/hosts/host.ts';
import { now } from '../mqtt/packet.ts';

/** A line of the broker's log, without the time that the broker wrote before it. */
export type LogLine = {
  /** When it reached this machine, in milliseconds since 1970; the broker's own times are whole seconds. Undefined for an older line. */
  readonly at: number | undefined;
  readonly text: string;
};

/** The broker's log while it is followed. Disposing of it stops that. */
export type BrokerLog = AsyncDisposable & {
  /** The lines about a client so far, in order; none where the log cannot be read or does not name clients. */
  about(clientId: string): readonly LogLine[];
  /** The lines about the broker itself since a moment of `now()`: that it starts or terminates. */
  aboutItself(since: number): readonly LogLine[];
  /** Waits a moment for the line about the end of a client's last connection, where the log has its begin. */
  settled(clientId: string): Promise<void>;
};

/** The broker writes its log before it sends the last will, and both travel over the same network. */
const SETTLING_MS = 250;
/** How many lines it keeps: older ones are dropped. */
const MOST_LINES = 10_000;
const BEGIN = /^New client connected /;
const END = / (disconnected|closed its connection|has exceeded timeout|already connected, closing|connection lost)\b/;
/** Separates old lines from new ones. */
const LIVE = 'LIVE';
/** Read from the end of the log: enough for clients that connected just before. */
const BEFORE_BYTES = 50_000;
const ITSELF = /^mosquitto version /;

/** The log of an external broker, whose host the lab never touches. */
export const NO_LOG: BrokerLog = {
  about: () => [],
  aboutItself: () => [],
  settled: async () => undefined,
  async [Symbol.asyncDispose]() {},
};

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/**
 * Follows the log of the broker on a host, also through its rotation, from a little before now. Needs root there. Never
 * throws: no verdict depends on a log, and a log that cannot be read has no lines.
 */
export function followBrokerLog(opening: Promise<Host>, file: string, { boundMs, signal }: Limits): BrokerLog {
  const lines: LogLine[] = [];
  const waiting = new Set<{ readonly clientId: string; check(): void }>();
  let isLive = false;
  let isOver = false;
  const wake = (concerns: (clientId: string) => boolean) => {
    for (const waiter of [...waiting]) if (concerns(waiter.clientId)) waiter.check();
  };
  const onLine = (line: string, stream: 'stdout' | 'stderr') => {
    const text = logText(line);
    if (stream === 'stderr' || text === undefined) return;
    if (text === LIVE) {
      isLive = true;
      return wake(() => true);
    }
    lines.push({ at: isLive ? now() : undefined, text });
    if (lines.length > MOST_LINES) lines.splice(0, MOST_LINES / 2);
    // a busy broker logs hundreds of lines at once, and each check reads all of them
    wake((clientId) => text.includes(clientId));
  };
  const step = "follow the broker's log";
  const command = { step, script: followScript(file), root: true, timeoutMs: boundMs, signal, onLine };
  const starting: Promise<Running> = opening.then((host) => host.start(command));
  const over = () => {
    isOver = true;
    wake(() => true);
  };
  starting.then(({ result }) => result).then(over, over);
  const about = (clientId: string) => lines.filter(({ text }) => text.includes(clientId));
  return {
    about,
    aboutItself: (since) => lines.filter(({ at, text }) => at !== undefined && at >= since && ITSELF.test(text)),
    async settled(clientId) {
      const isSettled = () => isOver || (isLive && hasEnded(about(clientId)));
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(waiter);
          resolve();
        };
        const waiter = { clientId, check: () => (isSettled() ? done() : undefined) };
        const timer = setTimeout(done, SETTLING_MS);
        waiting.add(waiter);
        waiter.check();
      });
    },
    async [Symbol.asyncDispose]() {
      const running = await starting.catch(() => undefined);
      if (running !== undefined) await endRunning(running);
    },
  };
}

/** Whether the log has the end of a client's connection. True without its begin too: such a log may never name this client. */
export function hasEnded(lines: readonly LogLine[]): boolean {
  const begin = lines.findIndex(({ text }) => BEGIN.test(text));
  return begin < 0 || lines.slice(begin + 1).some(({ text }) => END.test(text));
}

/**
 * The text of a line without its time: `1795412703: Client a disconnected.` → `Client a disconnected.`; a time by
 * `log_timestamp_format` stays. Undefined for an empty line, a connection before its CONNECT, and a control packet
 * (`log_type all`), which the clients record better.
 */
export function logText(line: string): string | undefined {
  const text = line.replace(/^\d+: /, '');
  return text === '' || /^(Received|Sending) [A-Z]+ |^New connection from /.test(text) ? undefined : text;
}

export function followScript(file: string): string {
  return shellScript('follow-log.sh', import.meta.url, { file, live: LIVE, before_bytes: BEFORE_BYTES });
}
