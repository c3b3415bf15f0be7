import * as z from 'zod';
import { ACTIVITIES, CLIENTS } from './measured/traffic.ts';

/** Attempts to log in; the second word of an `auth` check's id. */
export const LOGIN_ATTEMPTS = ['accepted', 'wrong-password', 'no-password', 'unknown-user', 'anonymous'] as const;

/** What a user may do with a topic, as the page's table lists it. */
export const RIGHTS = ['publish', 'retain-set', 'retain-clear', 'subscribe', 'will'] as const;

/** From where to where a message goes. */
export const WAYS = [
  'broker host to Pi',
  'this machine to Pi',
  'Pi to this machine',
  'this machine to itself',
  'paho to this machine',
  'this machine to paho',
] as const;

/** What may end a connection that has a last will, in the order of the page. */
export const WILL_CAUSES = [
  'clean',
  'disconnect-with-will',
  'fin',
  'rst',
  'killed',
  'protocol-error',
  'second-connect',
  'takeover-clean',
  'takeover-persistent',
  'stop',
  'crash',
  'silent',
  'delay',
  'delay-reconnect',
  'delay-without-session',
  'retained',
] as const;

const qos = z.union([z.literal(0), z.literal(1), z.literal(2)]);
/** Version of MQTT. */
const version = z.enum(['3.1.1', '5']);
const payloadBytes = z.number();
/** In seconds. */
const keepAlive = z.number();

/** What a check is about, for those who read its record: they need not take its id apart. */
export const subjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('login'), attempt: z.enum(LOGIN_ATTEMPTS) }),
  z.object({ kind: z.literal('right'), user: z.string(), topic: z.string(), right: z.enum(RIGHTS) }),
  z.object({ kind: z.literal('broker file') }),
  /** Of a listener with TLS. */
  z.object({ kind: z.literal('certificate'), port: z.number() }),
  z.object({ kind: z.literal('message'), way: z.enum(WAYS), qos: qos.exactOptional() }),
  z.object({ kind: z.literal('qos pair'), published: qos, requested: qos, version }),
  z.object({ kind: z.literal('sequence'), qos }),
  z.object({ kind: z.literal('size'), qos, payloadBytes }),
  z.object({ kind: z.literal('latency'), qos, noDelay: z.boolean() }),
  z.object({
    kind: z.literal('traffic'),
    keepAlive: keepAlive.exactOptional(),
    client: z.enum(CLIENTS).exactOptional(),
    activity: z.enum(ACTIVITIES).exactOptional(),
  }),
  z.object({ kind: z.literal('expiry'), keepAlive, version }),
  z.object({ kind: z.literal('receive-only'), keepAlive, version }),
  z.object({ kind: z.literal('keep-alive limit'), version }),
  z.object({
    kind: z.literal('last will'),
    cause: z.enum(WILL_CAUSES),
    /** Role of the will's owner. */
    role: z.enum(['publisher', 'subscriber']),
    topic: z.string(),
    /** Absent where the check is about a host and not about a version. */
    version: version.exactOptional(),
  }),
]);

export type Subject = Readonly<z.infer<typeof subjectSchema>>;
export type SubjectKind = Subject['kind'];
export type SubjectOf<Kind extends SubjectKind> = Extract<Subject, { readonly kind: Kind }>;
