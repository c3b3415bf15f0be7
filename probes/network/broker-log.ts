import { quote } from '../../base/quote.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import type { Host, Running } from '../../provisioning/hosts/host.ts';
import { now } from '../mqtt/packet.ts';

/** A line of the broker's log, without the second that the broker wrote before it. */
export type LogLine = {
  /** When it reached this machine, in milliseconds since 1970: the broker's own times are whole seconds. Undefined: it was there before. */
  readonly at: number | undefined;
  readonly text: string;
};

/** What a broker logs while it is followed. Disposing of it ends the following. */
export type BrokerLog = AsyncDisposable & {
  /** What it has told of a client so far, in order; none where the log can't be read or does not tell of clients. */
  about(clientId: string): readonly LogLine[];
  /** What it has told of itself since a moment of `now()`: that it starts, that it terminates. */
  aboutItself(since: number): readonly LogLine[];
  /** Has the end of a client's last connection been told, where its begin has; waits a moment for it and no longer. */
  settled(clientId: string): Promise<void>;
};

/** The log is written before the last will is sent, and follows it over the same network. */
const SETTLING_MS = 250;
/** A broker that logs more is a busy one: its older lines are forgotten. */
const KEPT_LINES = 10_000;
const BEGIN = /^New client connected /;
const END = / (disconnected|closed its connection|has exceeded timeout|already connected, closing|connection lost)\b/;
/** Between what was in the log before and what comes. */
const LIVE = 'LIVE';
/** Of what was there before: enough for the clients that connected while the following began. */
const BEFORE_BYTES = 50_000;
const ITSELF = /^mosquitto version /;

/** Of a broker whose host is never touched. */
export const NO_LOG: BrokerLog = {
  about: () => [],
  aboutItself: () => [],
  settled: async () => undefined,
  async [Symbol.asyncDispose]() {},
};

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/**
 * Follows the log of the broker on a host, also through its rotation, from a little before now on. Needs root there. Never throws: no verdict rests
 * on a log, and where it can't be read there are no lines.
 */
export function followBrokerLog(opening: Promise<Host>, file: string, { boundMs, signal }: Limits): BrokerLog {
  const lines: LogLine[] = [];
  const waiting = new Set<{ readonly clientId: string; look(): void }>();
  let isLive = false;
  let isOver = false;
  const wake = (isMeant: (clientId: string) => boolean) => {
    for (const waiter of [...waiting]) if (isMeant(waiter.clientId)) waiter.look();
  };
  const onLine = (line: string, stream: 'stdout' | 'stderr') => {
    const text = logText(line);
    if (stream === 'stderr' || text === undefined) return;
    if (text === LIVE) {
      isLive = true;
      return wake(() => true);
    }
    lines.push({ at: isLive ? now() : undefined, text });
    if (lines.length > KEPT_LINES) lines.splice(0, KEPT_LINES / 2);
    // a busy broker logs hundreds of lines at once, and each look goes through all that are kept
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
      const isSettled = () => isOver || (isLive && isTold(about(clientId)));
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(waiter);
          resolve();
        };
        const waiter = { clientId, look: () => (isSettled() ? done() : undefined) };
        const timer = setTimeout(done, SETTLING_MS);
        waiting.add(waiter);
        waiter.look();
      });
    },
    async [Symbol.asyncDispose]() {
      const running = await starting.catch(() => undefined);
      if (running !== undefined) await endRunning(running);
    },
  };
}

/** Whether a log that tells of a client's connections has told of the end of one; one that has told nothing of it may be silent about it for good. */
export function isTold(lines: readonly LogLine[]): boolean {
  const begin = lines.findIndex(({ text }) => BEGIN.test(text));
  return begin < 0 || lines.slice(begin + 1).some(({ text }) => END.test(text));
}

/**
 * The broker's words of a line of its log: `1795412703: Client a disconnected.` → `Client a disconnected.`; whatever `log_timestamp_format` puts
 * before them stays. Undefined: a heartbeat, a connection before its CONNECT, or a control packet (`log_type all`), which the clients' instruments
 * tell better.
 */
export function logText(line: string): string | undefined {
  const text = line.replace(/^\d+: /, '');
  return text === '' || /^(Received|Sending) [A-Z]+ |^New connection from /.test(text) ? undefined : text;
}

/**
 * `tail` alone would go on when whoever reads it is killed, until the broker's next line: an empty line every other second finds that out. It polls
 * on the file system of a container (overlayfs), twenty times a second.
 */
export function followScript(file: string): string {
  return `[ -r ${quote(file)} ] || { echo 'no log' >&2; exit 1; }
size=$(wc -c <${quote(file)})
from=$((size > ${BEFORE_BYTES} ? size - ${BEFORE_BYTES} : 0))
tail -c "+$((from + 1))" ${quote(file)} | head -c "$((size - from))"
echo ${LIVE}
tail -c "+$((size + 1))" -s 0.05 -F ${quote(file)} 2>/dev/null &
tail=$!
trap 'kill "$tail" 2>/dev/null' EXIT
trap 'exit 141' PIPE
trap 'exit 143' TERM
trap 'exit 130' INT HUP
while kill -0 "$tail" 2>/dev/null && echo; do sleep 2; done`;
}
