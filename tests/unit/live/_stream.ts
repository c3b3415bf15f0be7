import type { Packet as Wire } from 'mqtt-packet';
import { Secret } from '../../../base/secret.ts';
import type { EventOf, LiveEvent, NewEvent, Rights, Settings, Side } from '../../../live/protocol.ts';
import { viewOf } from '../../../live/view.ts';
import { openNarrator } from '../../../live/words/narrator.ts';
import type { PacketType } from '../../../probes/mqtt/packet.ts';
import { packetBytes } from '../../../probes/mqtt/raw-packet.ts';
import { openWire } from '../../../probes/mqtt/wire.ts';

export const START = Date.UTC(2026, 0, 5, 9);
const PASSWORD = new Secret('longer than eight');

const DEFAULTS: Settings = {
  ...{ user: 'sam', place: '', program: 'mqtt.js', version: 4, clean: true, keepAlive: 60, listener: 1883 },
};

/** Everybody may do everything. */
export const ALL: Rights = { mayPublish: () => true, mayReceive: () => true };

export type Message = {
  readonly topic?: string;
  readonly payload?: string;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly dup?: boolean;
  readonly id?: number;
};

export type ConnectOptions = Partial<Settings> & {
  readonly clientId?: string;
  readonly code?: number;
  readonly isPresent?: boolean;
};

/** Builds the events of a live view; its packets are encoded and decoded again, so that they are true samples. */
export class Stream {
  readonly events: LiveEvent[] = [];
  at = START;
  readonly #wires = new Map<Side, ReturnType<typeof openWire>>();
  readonly #versions = new Map<Side, 4 | 5>();
  /** Called with each event; what it returns follows. */
  readonly #follow: (event: LiveEvent) => readonly NewEvent[];

  constructor(follow: (event: LiveEvent) => readonly NewEvent[] = () => []) {
    this.#follow = follow;
  }

  add(event: NewEvent): LiveEvent {
    const numbered: LiveEvent = { ...event, seq: this.events.length + 1, at: this.at };
    this.events.push(numbered);
    for (const more of this.#follow(numbered)) this.add(more);
    return numbered;
  }

  wait(ms: number): this {
    this.at += ms;
    return this;
  }

  tcp(side: Side, what: EventOf<'tcp'>['what'], by?: 'client' | 'broker', bytes?: number): LiveEvent {
    this.at += 1;
    const more = { ...(by === undefined ? {} : { by }), ...(bytes === undefined ? {} : { bytes }) };
    return this.add({ is: 'tcp', side, what, ...more });
  }

  packet(side: Side, direction: 'sent' | 'received', packet: Wire): LiveEvent {
    this.at += 1;
    const version = this.#versions.get(side) ?? 4;
    if (packet.cmd === 'connect') this.#wires.set(side, openWire());
    const frame = packetBytes(packet, version);
    const [decoded] = this.#wires.get(side)?.take(direction, frame, this.at) ?? [];
    if (decoded === undefined) throw new Error('no packet');
    return this.add({ is: 'packet', side, packet: viewOf(decoded, frame, version, PASSWORD) });
  }

  /** From SYN to CONNACK. */
  connect(side: Side, { clientId = `${side}-id`, code = 0, isPresent = false, ...more }: ConnectOptions = {}): this {
    const settings = { ...DEFAULTS, ...(side === 'subscriber' ? { user: 'alice' } : {}), ...more };
    const { version, will } = settings;
    this.#versions.set(side, version);
    this.add({ is: 'state', side, state: 'connecting', settings, clientId });
    this.tcp(side, 'SYN', 'client');
    this.tcp(side, 'open');
    this.packet(side, 'sent', {
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: version, clean: settings.clean, clientId },
      ...{ keepalive: settings.keepAlive, username: settings.user, password: Buffer.from(PASSWORD.reveal()) },
      ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
    });
    const codes = version === 5 ? { reasonCode: code } : { returnCode: code };
    this.packet(side, 'received', { cmd: 'connack', sessionPresent: isPresent, ...codes });
    if (code === 0) this.add({ is: 'state', side, state: 'connected', settings, clientId });
    return this;
  }

  /** A connection that TCP does not open. */
  fail(side: Side, user: string): this {
    this.add({ is: 'state', side, state: 'connecting', settings: { ...DEFAULTS, user }, clientId: `${side}-id` });
    this.tcp(side, 'SYN', 'client');
    return this;
  }

  subscribe(side: Side, filter = 'status', qos: 0 | 1 | 2 = 0, granted: number = qos, messageId = 1): this {
    const subscriptions = [{ topic: filter, qos }];
    this.packet(side, 'sent', { cmd: 'subscribe', messageId, subscriptions });
    this.packet(side, 'received', { cmd: 'suback', messageId, granted: [granted] });
    return this;
  }

  publish(side: Side, direction: 'sent' | 'received', message: Message = {}): LiveEvent {
    const { topic = 'status', payload = 'hello', qos = 0, retain = false, dup = false, id = 7 } = message;
    return this.packet(side, direction, {
      ...{ cmd: 'publish', topic, payload, qos, retain, dup },
      ...(qos === 0 ? {} : { messageId: id }),
    });
  }

  answer(side: Side, direction: 'sent' | 'received', cmd: AnswerName, messageId = 7, reasonCode = 0): LiveEvent {
    return this.packet(side, direction, { cmd, messageId, reasonCode });
  }

  /** A whole hop: PUBLISH and its acknowledgements. */
  hop(side: Side, message: Message = {}): this {
    const [to, from] = side === 'publisher' ? (['sent', 'received'] as const) : (['received', 'sent'] as const);
    const { qos = 0, id = 7 } = message;
    this.publish(side, to, message);
    if (qos === 1) this.answer(side, from, 'puback', id);
    if (qos !== 2) return this;
    this.answer(side, from, 'pubrec', id);
    this.answer(side, to, 'pubrel', id);
    this.answer(side, from, 'pubcomp', id);
    return this;
  }

  ping(side: Side): this {
    this.packet(side, 'sent', { cmd: 'pingreq' });
    this.packet(side, 'received', { cmd: 'pingresp' });
    return this;
  }

  disconnect(side: Side): this {
    this.packet(side, 'sent', { cmd: 'disconnect' });
    this.tcp(side, 'FIN', 'client');
    this.tcp(side, 'FIN', 'broker');
    this.add({ is: 'state', side, state: 'ended' });
    return this;
  }

  kill(side: Side): this {
    this.tcp(side, 'killed', 'client');
    this.tcp(side, 'RST', 'client');
    this.add({ is: 'state', side, state: 'ended' });
    return this;
  }

  seqOf(type: PacketType, side?: Side): number {
    const found = this.events.find(
      (one) => one.is === 'packet' && one.packet.type === type && (side ?? one.side) === one.side,
    );
    if (found === undefined) throw new Error(`no ${type}`);
    return found.seq;
  }
}

type AnswerName = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';

export type Words = EventOf<'words'> | (NewEvent & { is: 'words' });

/** The words for these events, with a tick every 250 ms, and `afterMs` more at the end. */
export function narrated(
  stream: Stream,
  { rights = ALL, version = '2.0.21', afterMs = 500 }: { rights?: Rights; version?: string; afterMs?: number } = {},
): Words[] {
  const narrator = openNarrator(rights, version);
  const said: NewEvent[] = [];
  let at = START;
  const tickTo = (end: number) => {
    for (; at < end; at += 250) said.push(...narrator.tick(at));
  };
  for (const event of stream.events) {
    tickTo(event.at);
    said.push(...narrator.take(event));
  }
  tickTo(stream.at + afterMs);
  return said.filter((event) => event.is === 'words');
}

/** Only what contradicts. */
export function contradictions(...args: Parameters<typeof narrated>): Words[] {
  return narrated(...args).filter(({ isContradiction }) => isContradiction);
}
