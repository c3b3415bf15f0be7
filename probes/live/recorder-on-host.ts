import { errorMessage } from '../../base/errors.ts';
import { textFile } from '../../base/text-file.ts';
import { waitAtMost } from '../../base/wait-at-most.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import { pythonScript } from '../host-command.ts';
import type { HostEndpoint } from '../mqtt/host-endpoint.ts';
import { now } from '../mqtt/packet.ts';
import { killClient } from '../network/kernel-end.ts';
import type { HostClock } from './host-clock.ts';
import type { HostOptions } from './options.ts';
import type { OnLine, Recorder } from './recorder.ts';
import { parseRecorderLine, type RecorderCommand } from './recorder-lines.ts';

/** A client program as recorder.py starts it. */
export type Child = {
  /** {port} stands for the port of the recorder on 127.0.0.1. */
  readonly words: readonly string[];
  /** What it reads on descriptor 3, with the password. */
  readonly input: string;
  /** What it reads on descriptor 4. */
  readonly source?: string;
  /** Name of a link to descriptor 3 in its $XDG_CONFIG_HOME. */
  readonly optionFile?: string;
};

/** Bound on the whole client. */
const DAY_MS = 86_400_000;
const END_MS = 2_000;
/** Queries to its clock before the program starts, and from then on. */
const FIRST_QUERIES = 4;
const EVERY_MS = 5_000;

/** Starts a recorder in Python on a host, with its client program, or without one: mqtt.js then sends its bytes by `send`. */
export function recordOnHost(
  { host, endpoint, program }: Pick<HostOptions, 'host' | 'endpoint' | 'program'>,
  child: Child | undefined,
  { clock, onLine }: { readonly clock: HostClock; readonly onLine: OnLine },
): Recorder {
  let pid: number | undefined;
  let complaint: string | undefined;
  let queries = 0;
  const send = (command: RecorderCommand) => running.input?.write(`${JSON.stringify(command)}\n`);
  const query = () => send({ do: 'clock', asked: now() });
  const timer = setInterval(query, EVERY_MS);
  timer.unref();
  const running = host.start({
    step: `run ${program}`,
    script: pythonScript(recorderSource(endpoint), { ...endpoint, child }),
    timeoutMs: DAY_MS,
    keepsInput: true,
    onLine(text, stream) {
      const line = stream === 'stdout' ? parseRecorderLine(text) : undefined;
      if (line === undefined || line.is === 'line') complaint = line?.text ?? text;
      if (line?.is === 'ready') query();
      if (line?.is === 'clock') {
        clock.learn(line.asked, line.at);
        queries += 1;
        if (queries < FIRST_QUERIES) query();
        if (queries === FIRST_QUERIES) send({ do: 'start' });
      }
      if (line?.is === 'open') pid = line.pid;
      if (line !== undefined) onLine(line);
    },
  });
  const ended = running.result
    .then(
      () => complaint,
      (error: unknown) => errorMessage(error),
    )
    .finally(() => clearInterval(timer));
  return {
    ended,
    send,
    async kill() {
      if (pid === undefined) {
        await running.kill('KILL');
        await ended;
        return { how: 'unknown', at: now() };
      }
      const end = await killClient(host, pid, endpoint.port, await running.group);
      await ended;
      // over TLS the broker answers a FIN, after which the kernel forgets the connection
      return endpoint.tls !== undefined && end.how === 'RST' ? { ...end, how: 'unknown' } : end;
    },
    async [Symbol.asyncDispose]() {
      running.input?.end();
      await waitAtMost(END_MS, ended);
      await endRunning(running);
    },
  };
}

function recorderSource({ tls }: HostEndpoint): string {
  // Python loads TLS slowly
  const files = [...(tls === undefined ? [] : ['../clients/measuring_tls.py']), 'recorder_ends.py', 'recorder.py'];
  return files.map((file) => textFile(file, import.meta.url)).join('\n');
}
