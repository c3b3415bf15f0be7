import { filterMistake, topicMistake } from '../../base/topic.ts';
import type { Settings, Setup, Side } from '../protocol.ts';

type Message = NonNullable<Settings['will']>;
type Subscription = NonNullable<Settings['subscription']>;
type Messages = NonNullable<Settings['message']>;

/** What the form of a side holds; the will and the subscription are kept while they are switched off. */
export type Form = Omit<Settings, 'will' | 'subscription' | 'message'> & {
  readonly side: Side;
  readonly will: Message;
  readonly hasWill: boolean;
  readonly subscription: Subscription;
  readonly subscribes: boolean;
  /** How a publisher of the mosquitto clients sends all its messages. */
  readonly message: Messages;
};

export const KEEP_ALIVE = 60;

/** What a form begins with: the first user publishes on the first topic, and the second one subscribes to it. */
export function firstForm(side: Side, setup: Setup): Form {
  const [first = '', second = first] = setup.users;
  const topic = plainTopics(setup)[0] ?? 'test';
  const user = side === 'publisher' ? first : second;
  const form: Form = {
    side,
    user,
    place: setup.places[0]?.name ?? '',
    program: setup.places[0]?.programs[0] ?? 'mqtt.js',
    version: 5,
    clean: true,
    keepAlive: KEEP_ALIVE,
    listener: listenersFor(user, setup)[0]?.port ?? 1883,
    will: { topic, payload: 'offline', qos: 1, retain: false },
    hasWill: false,
    subscription: { filter: setup.topics[0] ?? topic, qos: 2 },
    subscribes: side === 'subscriber',
    message: { topic, qos: 1, retain: false },
  };
  return { ...form, ...withoutChoice(form, setup) };
}

/** A form with the settings of a connection. */
export function formOf(side: Side, setup: Setup, settings: Settings): Form {
  const { will, subscription, message, ...rest } = settings;
  const first = firstForm(side, setup);
  return {
    ...first,
    ...rest,
    will: will ?? first.will,
    hasWill: will !== undefined,
    subscription: subscription ?? first.subscription,
    subscribes: subscription !== undefined,
    message: message ?? first.message,
  };
}

/** Topics that a message can have. */
export function plainTopics({ topics }: Pick<Setup, 'topics'>): string[] {
  return topics.filter((topic) => topicMistake(topic) === undefined);
}

/** Listeners that let the user in. */
export function listenersFor(user: string, setup: Setup): Setup['listeners'] {
  return setup.listeners.filter(({ users }) => users.includes(user));
}

/** A form with a change, and with what that change leaves no choice. */
export function changed(form: Form, change: Partial<Form>, setup: Setup): Form {
  const next = { ...form, ...change };
  const programs = setup.places.find(({ name }) => name === next.place)?.programs ?? [];
  const ports = listenersFor(next.user, setup).map(({ port }) => port);
  const possible = {
    ...next,
    program: isLikely(form, next) ? next.program : (programs[0] ?? next.program),
    listener: ports.includes(next.listener) ? next.listener : (ports[0] ?? next.listener),
  };
  return { ...possible, ...withoutChoice(possible, setup) };
}

/** Whether the new place has the program: each Pi has paho and Mosquitto's clients, this machine perhaps. */
function isLikely({ place }: Form, next: Form): boolean {
  return place === next.place || (next.place !== '' && next.program !== 'mqtt.js');
}

const MOST_KEEP_ALIVE = 65_535;
/** Seconds; the mosquitto clients refuse less (mosquitto_sub(1), -k). */
const LEAST_OF_MOSQUITTO = 5;

/** Seconds that a form may have; a lab with a limit has no connection without keep alive. */
export function keepAliveRange({ program }: Pick<Form, 'program'>, setup: Setup): { least: number; most: number } {
  const { longestKeepAlive: longest } = setup;
  const least = program === 'mosquitto' ? LEAST_OF_MOSQUITTO : longest === undefined ? 0 : 1;
  return { least, most: longest ?? MOST_KEEP_ALIVE };
}

/** Whether the subscription is a part of connecting: mosquitto_sub does not start without one. */
export function mustSubscribe({ side, program }: Pick<Form, 'side' | 'program'>): boolean {
  return side === 'subscriber' && program === 'mosquitto';
}

/** What the rest of the form decides. */
function withoutChoice(form: Form, setup: Setup): Pick<Form, 'keepAlive' | 'subscribes'> {
  const { least, most } = keepAliveRange(form, setup);
  return {
    keepAlive: Math.min(most, Math.max(least, form.keepAlive)),
    subscribes: form.subscribes || mustSubscribe(form),
  };
}

export function settingsOf({ side: _side, will, hasWill, subscription, subscribes, message, ...rest }: Form): Settings {
  return {
    ...rest,
    ...(hasWill ? { will } : {}),
    ...(subscribes ? { subscription } : {}),
    ...(hasFixedMessages({ subscribes, ...rest }) ? { message } : {}),
  };
}

/** Whether topic, QoS and retain of all messages must be known at the start, as mosquitto_pub wants. */
export function hasFixedMessages({ program, subscribes }: Pick<Form, 'program' | 'subscribes'>): boolean {
  return program === 'mosquitto' && !subscribes;
}

/** Whether the program runs on another machine than its connection: a Pi has no Node. */
export function isSplit({ place, program }: Pick<Form, 'place' | 'program'>): boolean {
  return place !== '' && program === 'mqtt.js';
}

/** Why these settings cannot connect; undefined where they can. */
export function objection(form: Form): string | undefined {
  const { hasWill, will, subscribes, subscription, message } = form;
  const wrongWill = hasWill ? topicMistake(will.topic) : undefined;
  if (wrongWill !== undefined) return `the topic of the last will ${wrongWill}`;
  const wrongFilter = subscribes ? filterMistake(subscription.filter) : undefined;
  if (wrongFilter !== undefined) return `the filter ${wrongFilter}`;
  const wrongTopic = hasFixedMessages(form) ? topicMistake(message.topic) : undefined;
  return wrongTopic === undefined ? undefined : `the topic of messages ${wrongTopic}`;
}
