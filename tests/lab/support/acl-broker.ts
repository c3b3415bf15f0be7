import { PassThrough } from 'node:stream';
import { type AclClient, type Counts, openAclClient } from './acl-client.ts';
import { engine } from './container.ts';
import { PORT, type TestLab } from './lab.ts';
import { CLIENTS, type RuledClient } from './rule-sets.ts';
import { until, within } from './until.ts';

/** May do everything that the broker itself allows, whatever the rules under test. */
const OBSERVER = { user: 'observer', clientId: 'observer' };
/** May publish to one topic, another one in each ACL file. */
const MARKER = { user: 'marker', clientId: 'marker' };
const BOUND_MS = 10_000;
/** Filters that cover every topic of a test. */
const EVERYTHING = ['#', '$x/#', '$SYS/#'];
/** A topic on which the broker itself keeps a message. */
export const BROKERS_TOPIC = '$SYS/broker/version';

/** Keys of a lab file for the broker. */
export const ACL_LAB = {
  pis: {},
  users: Object.fromEntries([OBSERVER, MARKER, ...CLIENTS].map(({ user }) => [user, { password: 'x' }])),
  topics: {},
};

/** What the broker took from a client, and what it delivered to the client, which subscribed to each topic or to everything. */
export type Measured = RuledClient & { readonly written: Counts; readonly received: Counts };

/** The broker of a lab with `ACL_LAB`. Disposing of it ends its clients. */
export type AclBroker = AsyncDisposable & {
  /** Replaces the rules, and waits until the broker follows them. */
  load(acl: string): Promise<void>;
  measure(clients: readonly RuledClient[], topics: readonly string[]): Promise<Measured[]>;
};

export async function openAclBroker(lab: TestLab): Promise<AclBroker> {
  const container = lab.container('broker');
  const port = await container.published(PORT);
  const [observer, marker] = [await openAclClient(OBSERVER, port), await openAclClient(MARKER, port)];
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
      const payload = `to all ${runs}`;
      const ids = new Set(wanted.map(({ clientId }) => clientId));
      const tried = clients.filter(({ clientId }) => ids.has(clientId));
      for (const client of [...tried, observer]) client.forget();
      const filters = runs % 2 === 0 ? EVERYTHING : [...new Set([...topics, BROKERS_TOPIC])];
      await forEach(tried, (client) => client.mqtt.subscribeAsync(filters));
      await observer.publish(topics, payload);
      await forEach(tried, (client) => client.barrier());
      await forEach(tried, (client) => client.mqtt.unsubscribeAsync(filters));
      await forEach(tried, (client) => client.publish(topics, client.clientId));
      await observer.barrier();
      return tried.map(({ user, clientId, counts }) => ({
        user,
        clientId,
        written: observer.counts(clientId),
        received: new Map([...counts(payload), ...counts('of the broker')]),
      }));
    },
    async [Symbol.asyncDispose]() {
      loader.end();
      await forEach([observer, marker, ...clients], (client) => client[Symbol.asyncDispose]());
    },
  };
}

async function forEach(clients: readonly AclClient[], act: (client: AclClient) => PromiseLike<unknown>): Promise<void> {
  await Promise.all(clients.map(act));
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
