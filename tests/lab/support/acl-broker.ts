import { PassThrough } from 'node:stream';
import type { OnMessageCallback } from 'mqtt';
import { covers } from '../../../base/topic.ts';
import { type AclClient, type Counts, openAclClient } from './acl-client.ts';
import { dieWith, type Will, willPayload } from './acl-wills.ts';
import { engine } from './container.ts';
import { PORT, type TestLab } from './lab.ts';
import { CLIENTS, type RuledClient } from './rule-sets.ts';
import { until, within } from './until.ts';

/** May do everything that the broker itself allows, whatever the rules under test. */
const OBSERVER = { user: 'observer', clientId: 'observer' };
/** Reads what the broker retains. */
const READER = { user: 'observer', clientId: 'reader' };
/** May publish to one topic, another one in each ACL file. */
const MARKER = { user: 'marker', clientId: 'marker' };
const BOUND_MS = 10_000;
/** Filters that cover every topic of a test on which a client may publish. */
const WRITABLE = ['#', '$x/#'];
/** Filters that cover every topic of a test. */
const EVERYTHING = [...WRITABLE, '$SYS/#'];
/** A topic on which the broker itself keeps a message. */
export const BROKERS_TOPIC = '$SYS/broker/version';

/** Keys of a lab file for the broker. */
export const ACL_LAB = {
  pis: {},
  users: Object.fromEntries([OBSERVER, MARKER, ...CLIENTS].map(({ user }) => [user, { password: 'x' }])),
  topics: {},
};

/** What the broker took from a client, and what it delivered to the client, which subscribed to each topic or to everything. */
export type Measured = RuledClient & {
  readonly written: Counts;
  readonly received: Counts;
  /** Retained messages of another client that it received at its SUBSCRIBE. */
  readonly receivedRetained: Counts;
  /** Where it tried to replace the retained message of another client, and where it did. */
  readonly sets: Retained;
  /** Where it tried to clear the retained message of another client, and where it did. */
  readonly clears: Retained;
};

/** Topics by what became of their retained message. */
type Retained = { readonly tried: readonly string[]; readonly done: readonly string[] };

/** The broker of a lab with `ACL_LAB`. Disposing of it ends its clients. */
export type AclBroker = AsyncDisposable & {
  /** Replaces the rules, and waits until the broker follows them. */
  load(acl: string): Promise<void>;
  measure(clients: readonly RuledClient[], topics: readonly string[]): Promise<Measured[]>;
  /** How many messages came of each will. */
  leave(wills: readonly Will[]): Promise<(Will & { readonly came: number })[]>;
};

export async function openAclBroker(lab: TestLab): Promise<AclBroker> {
  const container = lab.container('broker');
  const port = await container.published(PORT);
  const [observer, marker] = [await openAclClient(OBSERVER, port), await openAclClient(MARKER, port)];
  const reader = await openAclClient(READER, port);
  const clients = await Promise.all(CLIENTS.map((client) => openAclClient(client, port)));
  const loader = await openLoader(container.name);
  await observer.mqtt.subscribeAsync(EVERYTHING);
  let sets = 0;
  let runs = 0;
  return {
    async load(acl) {
      sets += 1;
      const mark = `mark/${sets}`;
      const own = `user ${OBSERVER.user}\ntopic #\ntopic $x/#\ntopic $SYS/#\nuser ${MARKER.user}\ntopic write ${mark}\n`;
      await loader.load(`${acl}\n${own}`);
      // the broker looks for signals after each turn of packets
      await marker.barrier();
      await until(`the broker follows ACL file ${sets}`, BOUND_MS, async () => {
        await marker.publish([mark], mark);
        await observer.barrier();
        return observer.counts(mark).has(mark) || undefined;
      });
    },
    async measure(wanted, topics) {
      runs += 1;
      const [kept, live] = [`kept ${runs}`, `to all ${runs}`];
      const ids = new Set(wanted.map(({ clientId }) => clientId));
      const tried = clients.filter(({ clientId }) => ids.has(clientId));
      for (const client of [...tried, observer]) client.forget();
      const filters = runs % 2 === 0 ? EVERYTHING : [...new Set([...topics, BROKERS_TOPIC])];
      await observer.publish(topics, kept, topics);
      await forEach(tried, (client) => client.mqtt.subscribeAsync(filters));
      await observer.publish(topics, live);
      await forEach(tried, (client) => client.barrier());
      await forEach(tried, (client) => client.mqtt.unsubscribeAsync(filters));
      // a topic has one retained message, so each topic has one client that sets it, and another one that clears it
      const shareOf = (place: number) => topics.filter((_, index) => (index + place + runs) % tried.length === 0);
      await forEach(tried, (client, place) => client.publish(topics, client.clientId, shareOf(place)));
      await observer.barrier();
      const set = await retainedNow(reader);
      const lost = topics.filter((topic) => WRITABLE.some((filter) => covers(filter, topic)) && !set.has(topic));
      if (lost.length > 0) throw new Error(`the broker retains nothing on ${lost.join(', ')}`);
      await forEach(tried, (client, place) => client.publish(shareOf(place + 1), '', topics));
      const left = await retainedNow(reader);
      await observer.publish(topics, '', topics);
      return tried.map(({ user, clientId, counts, retained }, place) => {
        const [sets, clears] = [shareOf(place), shareOf(place + 1)];
        return {
          user,
          clientId,
          written: observer.counts(clientId),
          received: new Map([...counts(live), ...counts('of the broker')]),
          receivedRetained: retained(kept),
          sets: { tried: sets, done: sets.filter((topic) => set.get(topic) === clientId) },
          clears: { tried: clears, done: clears.filter((topic) => set.has(topic) && !left.has(topic)) },
        };
      });
    },
    async leave(wills) {
      observer.forget();
      await dieWith(wills, port);
      await observer.barrier();
      return wills.map((will) => ({ ...will, came: observer.counts(willPayload(will)).get(will.topic) ?? 0 }));
    },
    async [Symbol.asyncDispose]() {
      loader.end();
      await forEach([observer, marker, reader, ...clients], (client) => client[Symbol.asyncDispose]());
    },
  };
}

async function forEach(
  clients: readonly AclClient[],
  act: (client: AclClient, place: number) => PromiseLike<unknown>,
): Promise<void> {
  await Promise.all(clients.map(act));
}

/** The retained messages, by topic. */
async function retainedNow({ mqtt, barrier }: AclClient): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const onMessage: OnMessageCallback = (topic, payload) => found.set(topic, payload.toString());
  mqtt.on('message', onMessage);
  await mqtt.subscribeAsync(WRITABLE);
  await barrier();
  await mqtt.unsubscribeAsync(WRITABLE);
  mqtt.off('message', onMessage);
  return found;
}

/** A line a file, in base64; answered when the broker has the signal. */
const LOADER = `while read -r acl; do
  printf %s "$acl" | base64 -d >/etc/mosquitto/lab.acl && kill -HUP $(pgrep -x mosquitto || cat /run/mosquitto/mosquitto.pid) && echo loaded
done`;

/** One process in the broker's container for all files: a process each would take longer than the test of its rules. */
async function openLoader(name: string): Promise<{ load(acl: string): Promise<void>; end(): void }> {
  const docker = await engine();
  const exec = await docker
    .getContainer(name)
    .exec({ Cmd: ['sh', '-c', LOADER], AttachStdin: true, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, output);
  let said = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let loads = 0;
  return {
    async load(acl) {
      loads += 1;
      const answered = new Promise<void>((resolve) => {
        const look = () => {
          if (said.split('loaded\n').length <= loads) return;
          output.off('data', look);
          resolve();
        };
        output.on('data', look);
      });
      stream.write(`${Buffer.from(acl).toString('base64')}\n`);
      await within(`ACL file ${loads}: ${said}`, BOUND_MS, answered);
    },
    end: () => stream.end(),
  };
}
