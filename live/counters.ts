import { ignoreFailure } from '../base/errors.ts';
import { type ConnectionCounters, watchConnections } from '../probes/network/connection-counters.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import type { NewEvent, Side } from './protocol.ts';

/** What one side's connection has cost since its CONNECT. Disposing of it ends its watch on the host. */
export type SideCounters = AsyncDisposable & {
  begin(place: string, brokerPort: number): void;
  /** @param localPort the client's, by which the kernel's counters are found */
  opened(localPort: number): void;
  packet(bytes: number): void;
  end(): void;
};

const REPORT_MS = 500;
/** Longer than a course's session. */
const WATCH_MS = 12 * 3_600_000;

export type CountersOptions = {
  readonly side: Side;
  add(event: NewEvent): void;
  host(place: string): Promise<Host>;
};

type Watch = AsyncDisposable & { latest(port: number): ReturnType<ConnectionCounters['latest']> };

/** Reports counters twice a second, as long as they change. */
export function openCounters({ side, add, host }: CountersOptions): SideCounters {
  let sums = { packets: 0, mqttBytes: 0, resentBytes: 0 };
  let watch: Watch | undefined;
  let localPort: number | undefined;
  let reported = '';
  const report = () => {
    const sample = localPort === undefined ? undefined : watch?.latest(localPort);
    const { packets, mqttBytes } = sums;
    const resent = (sample?.resentBytes ?? 0) - sums.resentBytes;
    if (resent > 0) {
      sums.resentBytes += resent;
      add({ is: 'tcp', side, what: 'retransmission', by: 'client', bytes: resent });
    }
    const ip = sample === undefined ? {} : { ip: { bytes: sample.ipBytes, segments: sample.segments } };
    const event: NewEvent = { is: 'counters', side, packets, mqttBytes, ...ip };
    const text = JSON.stringify(event);
    if (text === reported || packets === 0) return;
    reported = text;
    add(event);
  };
  const timer = setInterval(report, REPORT_MS);
  timer.unref();
  return {
    begin(place, brokerPort) {
      sums = { packets: 0, mqttBytes: 0, resentBytes: 0 };
      void watch?.[Symbol.asyncDispose]();
      watch = openWatch(host(place), brokerPort);
      [localPort, reported] = [undefined, ''];
    },
    opened(port) {
      localPort = port;
    },
    packet(bytes) {
      sums.packets += 1;
      sums.mqttBytes += bytes;
    },
    end: report,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await watch?.[Symbol.asyncDispose]();
    },
  };
}

/** A host without Python, or one that is lost, counts nothing. */
function openWatch(host: Promise<Host>, brokerPort: number): Watch {
  let opened: ConnectionCounters | undefined;
  const opening = ignoreFailure(host.then((on) => watchConnections(on, brokerPort, { boundMs: WATCH_MS })));
  opening.then((counters) => {
    opened = counters;
  });
  return {
    latest: (port) => opened?.latest(port),
    async [Symbol.asyncDispose]() {
      await (await opening)?.[Symbol.asyncDispose]();
    },
  };
}
