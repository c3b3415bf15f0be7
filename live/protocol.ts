import * as z from 'zod';
import { PACKET_TYPES } from '../probes/mqtt/packet.ts';

/** What page and server of `./lab live` send each other: commands to the server, events to the page. */

export const SIDES = ['publisher', 'subscriber'] as const;
export type Side = (typeof SIDES)[number];

export const PROGRAMS = ['mqtt.js', 'paho', 'mosquitto'] as const;
export type Program = (typeof PROGRAMS)[number];

/** The place of a client whose connection is on this machine; other places are Pis by their names. */
export const HERE = '';

/** Limits of what a page may ask for. */
export const LIMITS = {
  payloadBytes: 16_384,
  topicBytes: 1_024,
  perSecond: 200,
  studentLength: 200,
  answerLength: 4_000,
};

const qos = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const side = z.enum(SIDES);
const topic = atMost(LIMITS.topicBytes).min(1, 'is empty');
const payload = atMost(LIMITS.payloadBytes);
const message = { topic, payload, qos, retain: z.boolean() };

/** Text of at most so many bytes as UTF-8. */
function atMost(bytes: number) {
  return z.string().refine((text) => Buffer.byteLength(text) <= bytes, `is longer than ${bytes} bytes`);
}

/** How a client connects. */
export const settingsSchema = z.strictObject({
  user: z.string(),
  /** HERE or the name of a Pi. */
  place: z.string(),
  program: z.enum(PROGRAMS),
  version: z.union([z.literal(4), z.literal(5)]),
  clean: z.boolean(),
  /** Seconds. */
  keepAlive: z.int().min(0).max(65_535),
  /** Port of the listener as the lab file writes it. */
  listener: z.int(),
  will: z.strictObject(message).optional(),
  /** What the mosquitto clients need when they start as publisher: they publish all messages this way. */
  message: z.strictObject({ topic, qos, retain: z.boolean() }).optional(),
  /** What a subscriber subscribes to. */
  subscription: z.strictObject({ filter: topic, qos }).optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const ENDS = ['disconnect', 'kill', 'fin', 'rst'] as const;
export type HowToEnd = (typeof ENDS)[number];

export const commandSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('connect'), side, settings: settingsSchema }),
  /** Of the publisher. `perSecond`: repeats until `stop`. */
  z.strictObject({ do: z.literal('publish'), ...message, perSecond: z.int().min(1).max(LIMITS.perSecond).optional() }),
  z.strictObject({ do: z.literal('stop') }),
  /** Of the subscriber, in addition to what it has. */
  z.strictObject({ do: z.literal('subscribe'), filter: topic, qos }),
  z.strictObject({ do: z.literal('end'), side, how: z.enum(ENDS) }),
  /** Silences the connection of a side, and lets it through again. */
  z.strictObject({ do: z.literal('cut'), side }),
  z.strictObject({ do: z.literal('plug'), side }),
  z.strictObject({ do: z.literal('restart broker') }),
  z.strictObject({ do: z.literal('predict'), step: z.string(), choice: z.int().min(0) }),
  z.strictObject({ do: z.literal('answer'), step: z.string(), text: z.string().max(LIMITS.answerLength) }),
  z.strictObject({ do: z.literal('save'), student: z.string().trim().min(1).max(LIMITS.studentLength) }),
]);
export type Command = z.infer<typeof commandSchema>;

/** A control packet as the page draws it. It never has a password: its bytes in `hex` are `**`. */
export const packetSchema = z.strictObject({
  /** As the client sees it. */
  direction: z.enum(['sent', 'received']),
  type: z.enum(PACKET_TYPES),
  /** Bytes of MQTT with the fixed header. */
  bytes: z.int(),
  /** All bytes, or the first ones of a long packet, in hexadecimal with spaces. */
  hex: z.string(),
  /** Protocol level of the connection. */
  version: z.union([z.literal(4), z.literal(5)]),
  packetId: z.int().optional(),
  qos: z.int().optional(),
  dup: z.boolean().optional(),
  retain: z.boolean().optional(),
  topic: z.string().optional(),
  /** As text, cut when long; hexadecimal with 0x in front where it is not UTF-8. */
  payload: z.string().optional(),
  payloadBytes: z.int().optional(),
  /** Return code or reason code; one for each filter in `codes`. */
  code: z.int().optional(),
  codes: z.array(z.int()).optional(),
  filters: z.array(z.strictObject({ filter: z.string(), qos: z.int().optional() })).optional(),
  sessionPresent: z.boolean().optional(),
  connect: z
    .strictObject({
      clientId: z.string(),
      clean: z.boolean(),
      keepAlive: z.int(),
      user: z.string().optional(),
      hasPassword: z.boolean(),
      will: z.strictObject({ topic: z.string(), payload: z.string(), qos: z.int(), retain: z.boolean() }).optional(),
    })
    .optional(),
  properties: z.array(z.string()).optional(),
});
export type PacketView = z.infer<typeof packetSchema>;

/** `seq` numbers the events of a live view from 1. `at`: milliseconds since 1970 by this machine's clock, with fractions. */
const stamped = { seq: z.int().min(1), at: z.number() };
const by = z.enum(['client', 'broker']);

export const eventSchema = z.discriminatedUnion('is', [
  z.strictObject({ ...stamped, is: z.literal('packet'), side, packet: packetSchema }),
  /**
   * What TCP does below the packets. `silent` begins when the cut is in force; `through` when it is lifted.
   * `killed`: the client program got SIGKILL, whose FIN or RST follows.
   */
  z.strictObject({
    ...stamped,
    is: z.literal('tcp'),
    side,
    what: z.enum(['SYN', 'open', 'FIN', 'RST', 'killed', 'silent', 'through', 'retransmission']),
    by: by.optional(),
    /** For a retransmission: bytes since the last report. */
    bytes: z.int().optional(),
  }),
  z.strictObject({
    ...stamped,
    is: z.literal('state'),
    side,
    state: z.enum(['idle', 'connecting', 'connected', 'ended']),
    settings: settingsSchema.optional(),
    clientId: z.string().optional(),
    /** In words, why it is idle or ended where that was not asked for. */
    why: z.string().optional(),
  }),
  /** Sums since the side's last CONNECT. `ip` comes from the kernel of the client's host; absent where that has none. */
  z.strictObject({
    ...stamped,
    is: z.literal('counters'),
    side,
    packets: z.int(),
    mqttBytes: z.int(),
    ip: z.strictObject({ bytes: z.int(), segments: z.int() }).optional(),
  }),
  /** From the publisher's PUBLISH to the subscriber's; `seqs` are these two. `errorMs`: how far their hosts' clocks may differ. */
  z.strictObject({
    ...stamped,
    is: z.literal('latency'),
    ms: z.number(),
    errorMs: z.number(),
    seqs: z.tuple([z.int(), z.int()]),
  }),
  /** What happened, in words. `seqs`: the events that show it. */
  z.strictObject({
    ...stamped,
    is: z.literal('words'),
    text: z.string(),
    /** Identifier of the standard's statement, such as `MQTT-3.8.4-6`. */
    statement: z.string().optional(),
    isContradiction: z.boolean(),
    seqs: z.array(z.int()),
  }),
  /** A step of the checkpoint is proved by these events. */
  z.strictObject({ ...stamped, is: z.literal('proved'), step: z.string(), seqs: z.array(z.int()) }),
  z.strictObject({ ...stamped, is: z.literal('predicted'), step: z.string(), choice: z.int() }),
  z.strictObject({ ...stamped, is: z.literal('answered'), step: z.string(), text: z.string() }),
  z.strictObject({ ...stamped, is: z.literal('rate'), perSecond: z.int() }),
  /** `failed`: the restart did not happen. */
  z.strictObject({ ...stamped, is: z.literal('broker'), what: z.enum(['restarting', 'running', 'failed']) }),
  /** A command that did not work, for people: what, why, what to try. */
  z.strictObject({ ...stamped, is: z.literal('trouble'), text: z.string() }),
  z.strictObject({ ...stamped, is: z.literal('saved'), html: z.string(), json: z.string() }),
]);
export type LiveEvent = z.infer<typeof eventSchema>;
type Unstamped<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never;
/** An event before it has its number. */
export type NewEvent = Unstamped<LiveEvent>;
export type EventOf<K extends LiveEvent['is']> = Extract<LiveEvent, { is: K }>;

/** A step of the checkpoint, as the page shows it. */
export const stepSchema = z.strictObject({
  /** Number of the question, such as `2.2d`. */
  id: z.string(),
  title: z.string(),
  /** The topic that a proof demands; any one where it is absent. */
  topic: z.string().optional(),
  /** Users of each side whose last will on the topic the broker would publish. A subscriber without any leaves none. */
  wills: z.strictObject({ publisher: z.array(z.string()), subscriber: z.array(z.string()) }).optional(),
  /** What to do, a sentence each. */
  todo: z.array(z.string()),
  /** Asked before; `choices` in order. */
  prediction: z.strictObject({ question: z.string(), choices: z.array(z.string()) }).optional(),
  /** What to write down, where the question asks for a reason. */
  ask: z.string().optional(),
});
export type Step = z.infer<typeof stepSchema>;

/** What the page needs to know before the first event. */
export const setupSchema = z.strictObject({
  lab: z.string(),
  /** Of Mosquitto; undefined where it is unknown. */
  brokerVersion: z.string().optional(),
  users: z.array(z.string()),
  /** HERE first; the first program of each is the one to begin with. */
  places: z.array(z.strictObject({ name: z.string(), programs: z.array(z.enum(PROGRAMS)) })),
  listeners: z.array(z.strictObject({ port: z.int(), label: z.string(), users: z.array(z.string()) })),
  /** Topics for the controls; filters of the lab file without wildcards first. */
  topics: z.array(z.string()),
  /** Seconds; undefined where the lab file sets no limit. */
  longestKeepAlive: z.int().optional(),
  /** Whether it is the lab's own broker. */
  canRestart: z.boolean(),
  /** Whether every user may publish and subscribe to every topic that the checkpoint could use: it has no step 2.1 then. */
  isOpenToAll: z.boolean().optional(),
  steps: z.array(stepSchema),
});
export type Setup = z.infer<typeof setupSchema>;

/** What lab.yaml allows, as far as words need it. */
export type Rights = {
  mayPublish(user: string, topic: string, clientId: string): boolean;
  mayReceive(user: string, topic: string, clientId: string): boolean;
};

/** A saved live view: what `check-answers` reads. */
export const savedSchema = z.strictObject({
  format: z.literal('mqtt-lab live view 1'),
  student: z.string(),
  /** Times as ISO 8601. */
  begun: z.string(),
  saved: z.string(),
  setup: setupSchema,
  events: z.array(eventSchema),
});
export type Saved = z.infer<typeof savedSchema>;
