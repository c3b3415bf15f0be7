import { deferred } from '../../base/deferred.ts';
import { errorMessage, ignoreFailure, LabError } from '../../base/errors.ts';
import { masked } from '../../base/secret.ts';
import { within } from '../mqtt/feed.ts';
import { now } from '../mqtt/packet.ts';
import { explained } from '../mqtt/transport-error.ts';
import type { KernelEnd } from '../network/kernel-end.ts';
import { type HostClock, openHostClock } from './host-clock.ts';
import { missingProgram } from './missing-program.ts';
import { mosquittoChild, mosquittoProgram } from './mosquitto.ts';
import { startMqttJs } from './mqtt-js.ts';
import type { LiveClient, LiveOptions, Program } from './options.ts';
import { pahoChild, pahoProgram } from './paho.ts';
import type { OnLine, Recorder } from './recorder.ts';
import { recordHere } from './recorder-here.ts';
import { recordOnHost } from './recorder-on-host.ts';
import { type LiveEvents, openRecording } from './recording.ts';

/** Includes the start of a Python program on a small host. */
const OPEN_BOUND_MS = 30_000;

type Started = { readonly recorder: Recorder; readonly program: Program };
type Held = Pick<LiveClient, 'pid' | 'localPort'>;

/**
 * Starts a client and resolves once its TCP connection is open; what happens then are events. Throws a LabError when the
 * program does not start or cannot connect, and calls no `onEnd` then.
 * @param givenUp rejects to end the client, unless its connection has opened
 */
export async function startLiveClient(
  options: LiveOptions,
  events: LiveEvents,
  givenUp = new Promise<never>(() => undefined),
): Promise<LiveClient> {
  const clock = openHostClock(options.host === undefined || options.isThisMachine === true);
  const held = deferred<Held>();
  const state = { isOpen: false, isAsked: false, isOver: false };
  let failure: string | undefined;
  let tcpEnd: string | undefined;
  const fail = (text: string) => {
    failure = masked(text);
    if (state.isOpen) events.onFailed(failure);
  };
  const record = openRecording(clock, {
    onPacket: events.onPacket,
    onTcp(event) {
      if (event.what === 'FIN' || event.what === 'RST')
        tcpEnd ??= `the ${event.by} ended the connection by ${event.what}`;
      events.onTcp(event);
    },
    onFailed: fail,
  });
  const onLine: OnLine = (line) => {
    record(line);
    if (line.is === 'failed') fail(inWords(line, options));
    if (line.is !== 'open') return;
    state.isOpen = true;
    held.resolve({ pid: line.pid, localPort: line.port });
  };
  const { recorder, program } = start(options, { clock, onLine, fail });
  let killing: Promise<KernelEnd> | undefined;
  const over = recorder.ended.then(async (complaint) => {
    state.isOver = true;
    if (killing !== undefined) await ignoreFailure(killing);
    const why = failure ?? tcpEnd ?? (complaint === undefined ? 'the client program ended' : masked(complaint));
    held.reject(new Error(why));
    if (state.isOpen) events.onEnd(state.isAsked ? undefined : why);
  });
  const end = async () => {
    state.isAsked = true;
    await recorder[Symbol.asyncDispose]();
    await over;
  };
  const asked = (act: () => void) => () => {
    state.isAsked = true;
    act();
  };
  const kill = async (): Promise<KernelEnd> => {
    if (state.isOver) return { how: 'unknown', at: now() };
    killing ??= recorder.kill().then((ended) => {
      if (ended.how !== 'unknown') events.onTcp({ what: ended.how, by: 'client', at: ended.at });
      return ended;
    });
    state.isAsked = true;
    const ended = await killing;
    await over;
    return ended;
  };
  try {
    return {
      ...(await within(Promise.race([held.promise, givenUp]), 'TCP connection', OPEN_BOUND_MS)),
      clockErrorMs: clock.errorMs,
      publish: program.publish,
      subscribe: program.subscribe,
      disconnect: asked(program.disconnect),
      fin: asked(() => recorder.send({ do: 'fin' })),
      rst: asked(() => recorder.send({ do: 'rst' })),
      kill,
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw notOpen(options, errorMessage(error));
  }
}

type Starting = { readonly clock: HostClock; readonly onLine: OnLine; readonly fail: (text: string) => void };

function start(options: LiveOptions, { clock, onLine, fail }: Starting): Started {
  switch (options.program) {
    case 'mqtt.js': {
      const take: OnLine = (line) => {
        onLine(line);
        if (line.is === 'bytes' && line.direction === 'received') program.receive(Buffer.from(line.hex, 'hex'));
      };
      const recorder =
        options.host === undefined
          ? recordHere(options.endpoint, take)
          : recordOnHost(options, undefined, { clock, onLine: take });
      const program = startMqttJs(options, recorder, fail);
      void recorder.ended.then(program.onEnd);
      return { recorder, program };
    }
    case 'paho': {
      const recorder = recordOnHost(options, pahoChild(options), { clock, onLine });
      return { recorder, program: pahoProgram(recorder) };
    }
    case 'mosquitto': {
      const recorder = recordOnHost(options, mosquittoChild(options), { clock, onLine });
      return { recorder, program: mosquittoProgram(options, recorder) };
    }
  }
}

function inWords(
  { why, code }: { readonly why: string; readonly code?: string | undefined },
  options: LiveOptions,
): string {
  const { address, port } = options.endpoint;
  const endpoint = options.host === undefined ? options.endpoint : { address, port };
  return explained(Object.assign(new Error(why), { code }), endpoint).message;
}

function notOpen(options: LiveOptions, happened: string): LabError {
  const missing = options.host === undefined ? undefined : missingProgram(options, happened);
  if (missing !== undefined) return new LabError(missing, 'could-not-run');
  const { endpoint, user } = options;
  const { address, port } = endpoint;
  const advice = 'check that the broker runs, and that no firewall blocks its port';
  const trouble = { subject: `broker ${address}:${port}`, step: `connect as ${user}`, happened, advice };
  return new LabError(trouble, 'could-not-run');
}
