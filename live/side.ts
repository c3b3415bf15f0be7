import { deferred } from '../base/deferred.ts';
import { ignoreFailure } from '../base/errors.ts';
import { waitAtMost } from '../base/wait-at-most.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { startLiveClient } from '../probes/live/live-client.ts';
import type { LiveClient, LiveOptions, Message } from '../probes/live/options.ts';
import type { LiveEvents } from '../probes/live/recording.ts';
import { now, type Packet } from '../probes/mqtt/packet.ts';
import { cutWhileConnected } from '../probes/network/held-cut.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import { openCable } from './cable.ts';
import type { SideCounters } from './counters.ts';
import {
  HERE,
  type HowToEnd,
  type NewEvent,
  type PacketView,
  type Settings,
  type Setup,
  type Side,
} from './protocol.ts';
import { refusal, type Target, targetOf } from './settings.ts';
import { viewOf } from './view.ts';

/** One of the two clients of a live view. Disposing of it also ends what watches its host. */
export type LiveSide = AsyncDisposable & {
  /** How far the times of its events may be wrong, in milliseconds. */
  clockErrorMs(): number;
  connect(settings: Settings): Promise<void>;
  publish(message: Message): void;
  subscribe(filter: string, qos: 0 | 1 | 2): void;
  end(how: HowToEnd): Promise<void>;
  cut(): Promise<void>;
  plug(): Promise<void>;
  /** Whether its client is on another machine. */
  isRemote(): boolean;
  /** Ends its client by DISCONNECT, so that no last will is published, and plugs the cable in. Within some seconds. */
  leave(): Promise<void>;
};

export type SideOptions = {
  readonly side: Side;
  readonly live: LiveLab;
  readonly setup: Setup;
  add(event: NewEvent, at: number): void;
  host(place: string): Promise<Host>;
  clientId(settings: Settings): string;
  readonly counters: SideCounters;
  /** Called with each packet before the page gets it. */
  onPacket(packet: PacketView, settings: Settings): void;
  /** Does some work; an error in it ends both clients. */
  guarded(work: () => void): void;
};

/** A DISCONNECT waits for acknowledgements. */
const DISCONNECT_MS = 2_500;
const DISPOSE_MS = 8_000;

type Running = {
  readonly client: LiveClient;
  readonly target: Target;
  readonly ended: Promise<void>;
};

export function openSide(options: SideOptions): LiveSide {
  const { side, live, setup, counters } = options;
  let running: Running | undefined;
  let connecting: { readonly over: Promise<void>; giveUp(): void } | undefined;
  let place = HERE;
  let latest = 0;
  // what a side does has an order, whatever the clocks of two hosts say
  const add = (event: NewEvent, at = now()) => {
    latest = Math.max(latest, at);
    options.add(event, latest);
  };
  const cable = openCable({ side, add });

  const needed = (step: string): Running => {
    if (running === undefined) throw refusal(step, `the ${side} is not connected`);
    return running;
  };
  const connect = async (wanted: Settings, givenUp: Promise<never>) => {
    const target = targetOf(live, setup, side, wanted);
    const clientId = options.clientId(wanted);
    // its rules are for a connection that is over
    await Promise.race([cable.plug(), givenUp]);
    place = wanted.place;
    counters.begin(wanted.place, target.endpoint.port);
    add({ is: 'state', side, state: 'connecting', settings: wanted, clientId });
    const takePacket = (packet: Packet, frame: Buffer) => {
      const view = viewOf(packet, frame, wanted.version, target.user.password);
      options.onPacket(view, wanted);
      add({ is: 'packet', side, packet: view }, packet.at);
      if (view.type !== 'CONNACK' || view.code !== 0) return;
      add({ is: 'state', side, state: 'connected', settings: wanted, clientId });
    };
    const ended = deferred<void>();
    let isOver = false;
    const given = await Promise.race([clientOptions(side, wanted, target, clientId, options.host), givenUp]);
    const events: LiveEvents = {
      onPacket: (packet, frame) => options.guarded(() => takePacket(packet, frame)),
      onFailed: (text) => add({ is: 'trouble', text: `${side}: ${text}` }),
      onTcp: ({ at, ...event }) => {
        add({ is: 'tcp', side, what: event.what, ...(event.by === undefined ? {} : { by: event.by }) }, at);
      },
      onEnd: (why) => {
        isOver = true;
        running = undefined;
        counters.end();
        add({ is: 'state', side, state: 'ended', ...(why === undefined ? {} : { why }) });
        ended.resolve();
      },
    };
    const client = await startLiveClient(given, events, givenUp);
    counters.opened(client.localPort);
    // the broker may have refused it already
    if (!isOver) running = { client, target, ended: ended.promise };
  };
  /** Ends the client where its connection has not opened yet. */
  const giveUp = async () => {
    if (connecting === undefined) return;
    connecting.giveUp();
    await ignoreFailure(connecting.over);
  };
  /** The cable first, so that the broker learns of the end. A DISCONNECT, so that no last will is published. */
  const leave = async () => {
    await giveUp();
    await ignoreFailure(cable.plug());
    if (running === undefined) return;
    const { client, ended } = running;
    client.disconnect();
    await waitAtMost(DISCONNECT_MS, ended);
    await client[Symbol.asyncDispose]();
  };
  return {
    clockErrorMs: () => running?.client.clockErrorMs() ?? 0,
    isRemote: () => place !== HERE,
    async connect(wanted) {
      if (running !== undefined || connecting !== undefined)
        throw refusal(`connect the ${side}`, 'it is connected; end it first');
      const givenUp = deferred<never>();
      let isGivenUp = false;
      connecting = {
        over: connect(wanted, givenUp.promise),
        giveUp() {
          isGivenUp = true;
          givenUp.reject(refusal(`connect the ${side}`, 'it was given up'));
        },
      };
      try {
        await connecting.over;
      } catch (error) {
        add({ is: 'state', side, state: 'idle' });
        if (!isGivenUp) throw error;
      } finally {
        connecting = undefined;
      }
    },
    publish: (message) => needed('publish').client.publish(message),
    subscribe: (filter, qos) => needed('subscribe').client.subscribe(filter, qos),
    async end(how) {
      if (connecting !== undefined) {
        await giveUp();
        if (running === undefined) return;
      }
      const { client } = needed(`end the ${side}`);
      if (how === 'disconnect') client.disconnect();
      else if (how === 'fin') client.fin();
      else if (how === 'rst') client.rst();
      else {
        add({ is: 'tcp', side, what: 'killed', by: 'client' });
        await client.kill();
      }
    },
    async cut() {
      const { client, target } = needed('pull the cable');
      await cable.pull(async () => cutWhileConnected(await options.host(place), client.pid, target.endpoint.port));
    },
    plug: cable.plug,
    leave: () => waitAtMost(DISPOSE_MS, leave()),
    async [Symbol.asyncDispose]() {
      await waitAtMost(DISPOSE_MS, Promise.resolve(counters[Symbol.asyncDispose]()));
    },
  };
}

/** What starts the client: a mosquitto publisher needs to know its messages, and the mosquitto subscriber its filter. */
async function clientOptions(
  side: Side,
  settings: Settings,
  target: Target,
  clientId: string,
  host: SideOptions['host'],
): Promise<LiveOptions> {
  const { version, clean, keepAlive, subscription, message } = settings;
  const will = settings.will && { ...settings.will, payload: Buffer.from(settings.will.payload) };
  const { name: user, password } = target.user;
  const login = { user, password, clientId, version, clean, keepAlive, will };
  if (target.where === 'here') return { ...login, program: 'mqtt.js', endpoint: target.endpoint, subscription };
  const { place, program } = settings;
  const at = { endpoint: target.endpoint, host: await host(place), isThisMachine: place === HERE };
  if (program !== 'mosquitto') return { ...login, ...at, program, subscription };
  if (subscription !== undefined) return { ...login, ...at, program: 'mosquitto', subscription };
  if (message !== undefined) return { ...login, ...at, program: 'mosquitto', message };
  throw refusal(
    `connect the ${side}`,
    'the mosquitto clients need a filter, or the topic and QoS of their messages, to start',
  );
}
