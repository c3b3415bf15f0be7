import path from 'node:path';
import type { ExecutionContext } from 'ava';
import * as z from 'zod';
import { isSelected } from '../../../checks/run/selection.ts';
import { type Latency, latencySchema } from '../../../records/measured/latency.ts';
import { quantile } from '../../../records/measured/quantile.ts';
import { type Size, sizeSchema } from '../../../records/measured/size.ts';
import { type Traffic, trafficSchema } from '../../../records/measured/traffic.ts';
import { startDumpcap } from './capture.ts';
import { engine } from './container.ts';
import { FIELDS, type Frame, framesOf } from './frames.ts';
import { PORT, type TestLab } from './lab.ts';

/** What a measurement may be off from the capture, at the median. */
const OFF_US = 200;

/** What is compared with a capture; of two series that are measured together, the first has their time. The others must pass in the same run. */
const SIZES = 'qos.size.*.100';
const LATENCIES = 'qos.latency.*.nodelay';
const TRAFFIC = 'keepalive.traffic.*.mosquitto.idle';
const OTHERS = [
  ...['qos.latency.q2.nagle', 'qos.size.q2.10000', 'qos.sequence', 'qos.paho-publishes'],
  'keepalive.traffic.*.idle',
];

const Verified = z.object({
  verdict: z.literal('pass'),
  checks: z.array(z.object({ id: z.string(), observed: z.unknown(), startedAt: z.number(), durationMs: z.number() })),
});

/**
 * Measures in a lab with a Pi, which has to pass; where this machine can capture, what was measured has to be what passed on the wire. Latencies are
 * compared where this machine does nothing else: on a busy one a message waits for a core between its time and the wire.
 */
export async function measured(t: ExecutionContext, lab: TestLab, isAlone: boolean): Promise<void> {
  const published = await lab.container('broker').published(PORT);
  const { address: pi, bridge } = await networkOf(lab, 'pi');
  const ports = [PORT, published];
  const file = path.join(lab.folder, 'measurements.pcapng');
  const capture = await startDumpcap({ interfaces: ['lo', bridge], ports }, published, file);
  const wanted = [SIZES, ...(isAlone ? [LATENCIES] : [])];
  const only = [...wanted, TRAFFIC, ...(isAlone ? OTHERS : [])].join();
  const { code, stdout, all } = await lab.run(['verify', '--json', '--only', only]);
  if (typeof capture !== 'string') await capture.end();
  t.is(code, 0, all.slice(0, 3_000));
  if (typeof capture === 'string') {
    t.log(`nothing was compared: ${capture}`);
    return;
  }
  const frames = framesOf(await capture.decode(ports, FIELDS, 'tcp'));
  const { checks } = Verified.parse(JSON.parse(stdout));
  const compared = checks.filter(({ id }) => isSelected(id, wanted.join()));
  t.is(compared.length, isAlone ? 6 : 3);
  for (const { id, observed, startedAt, durationMs } of compared) {
    const meanwhile = frames.filter(({ at }) => at >= startedAt && at <= startedAt + durationMs);
    const latency = latencySchema.safeParse(observed);
    if (latency.success) compareLatency(t, id, latency.data, meanwhile, { published, pi });
    else compareSize(t, id, sizeSchema.parse(observed), meanwhile, pi);
  }
  const connections = checks.filter(({ id }) => isSelected(id, TRAFFIC));
  t.is(connections.length, 2);
  for (const { id, observed } of connections) compareTraffic(t, id, trafficSchema.parse(observed), frames, pi);
}

type Place = { readonly published: number; readonly pi: string };

/** From the frame that left the publisher to the one that came to the Pi, a message at a time. */
function compareLatency(t: ExecutionContext, id: string, latency: Latency, frames: readonly Frame[], place: Place) {
  const left = times(frames, ({ toPort }) => toPort === place.published);
  const came = times(frames, ({ fromPort, to }) => fromPort === PORT && to === place.pi);
  t.is(latency.latenciesUs.length, latency.messages, id);
  const offUs = latency.latenciesUs.flatMap((ownUs, index) => {
    const [from, to] = [left.get(index), came.get(index)];
    return from === undefined || to === undefined ? [] : [ownUs - (to - from) * 1e3];
  });
  t.is(offUs.length, latency.messages, `${id}: messages in the capture`);
  const median = quantile(offUs, 0.5);
  t.log(`${id}: ${Math.round(median)} µs more than in the capture at the median`);
  t.true(Math.abs(median) <= OFF_US, `${id}: ${median} µs off at the median`);
}

/** When each message first passed in such a frame, by its number. */
function times(frames: readonly Frame[], isThere: (frame: Frame) => boolean): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const frame of frames.filter(isThere)) {
    for (const payload of frame.payloads) {
      const index = / m (\d+) /.exec(payload)?.[1];
      if (index !== undefined && !found.has(Number(index))) found.set(Number(index), frame.at);
    }
  }
  return found;
}

/** Compares each hop's connection, from its first weighed message to the measuring client's next command, or to the end. */
function compareSize(t: ExecutionContext, id: string, size: Size, frames: readonly Frame[], pi: string) {
  const isWeighed = ({ payloads }: Frame) => payloads.includes('x'.repeat(size.payloadBytes));
  const isOrder = (payload: string) => payload.includes(' arrive ') && payload.includes(`"size":${size.payloadBytes},`);
  const ways = {
    publisher: frames.find((frame) => frame.from === pi && isWeighed(frame)),
    // the order for this size comes again where messages of others had come; one for another size follows
    subscriber: frames
      .slice(frames.findLastIndex(({ payloads }) => payloads.some(isOrder)))
      .find((frame) => frame.to === pi && isWeighed(frame)),
  };
  for (const role of ['publisher', 'subscriber'] as const) {
    const first = ways[role];
    const { ip, mqttBytes } = size.hops[role];
    const name = `${id}, the ${role}'s hop`;
    if (ip === undefined) return t.fail(`${name}: the record has no counters of the kernel`);
    if (first === undefined) return t.fail(`${name}: the capture has no such message`);
    const connection = frames.slice(frames.indexOf(first)).filter((frame) => isSameConnection(frame, first));
    const next = connection.findIndex((frame) => frame.isEnd || (frame.payloads.length > 0 && !isWeighed(frame)));
    const own = connection.slice(0, next < 0 ? undefined : next);
    const sum = (of: (frame: Frame) => number) => own.reduce((bytes, frame) => bytes + of(frame), 0);
    t.is(
      mqttBytes,
      sum(({ streamBytes }) => streamBytes),
      `${name}: bytes of MQTT`,
    );
    const off = ip.bytes - sum(({ ipBytes }) => ipBytes);
    // one of each end may be under way when the counters are read
    t.true(Math.abs(off) <= 2 * ACKNOWLEDGEMENT_BYTES, `${name}: ${off} bytes of IP off`);
    t.log(`${name}: ${ip.bytes} bytes of IP, ${off} off`);
  }
}

/** A whole connection, its handshake too, until the counters were read for the last time; an acknowledgement may be under way then. */
function compareTraffic(t: ExecutionContext, id: string, traffic: Traffic, frames: readonly Frame[], pi: string) {
  const { exchange, samples } = traffic;
  const message = frames.find(({ from, payloads }) => from === pi && payloads.includes(exchange?.payload ?? ''));
  const last = samples.at(-1);
  if (message === undefined || last?.ipBytes === undefined) return t.fail(`${id}: it is not there`);
  const connection = frames.filter((frame) => isSameConnection(frame, message));
  let streamBytes = 0;
  const next = connection.findIndex((frame) => {
    streamBytes += frame.streamBytes;
    return frame.isEnd || streamBytes > last.mqttBytes;
  });
  const own = connection.slice(0, next < 0 ? undefined : next);
  t.is(
    own.reduce((sum, frame) => sum + frame.streamBytes, 0),
    last.mqttBytes,
    `${id}: bytes of MQTT`,
  );
  const off = last.ipBytes - own.reduce((sum, frame) => sum + frame.ipBytes, 0);
  t.true(Math.abs(off) <= ACKNOWLEDGEMENT_BYTES, `${id}: ${off} of ${last.ipBytes} bytes of IP off`);
  t.log(`${id}: ${last.ipBytes} bytes of IP in ${last.segments} segments, ${off} off, ${own.length} frames`);
}

/** IP and TCP headers with time stamps. */
const ACKNOWLEDGEMENT_BYTES = 52;

function isSameConnection(one: Frame, other: Frame): boolean {
  const ends = ({ from, to, fromPort, toPort }: Frame) => [`${from}:${fromPort}`, `${to}:${toPort}`].sort().join();
  return ends(one) === ends(other);
}

/** A machine's address in the lab's network, and the interface of this machine that all of the network passes. */
async function networkOf(
  lab: TestLab,
  machine: string,
): Promise<{ readonly address: string; readonly bridge: string }> {
  const { NetworkSettings } = await lab.container(machine).inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  if (network === undefined) throw new Error(`${machine} is in no network`);
  const { Options } = await (await engine()).getNetwork(network.NetworkID).inspect();
  const bridge = Options?.['com.docker.network.bridge.name'];
  if (bridge === undefined) throw new Error(`the network of ${machine} has no bridge with a name`);
  return { address: network.IPAddress, bridge };
}
