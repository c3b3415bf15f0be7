import { endpointAt } from '../../deployment/endpoints.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import { locate, locateContainers } from '../../deployment/locate.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { listenerText } from '../../lab-file/listeners.ts';
import { readLab } from '../../lab-file/read.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import type { Bench } from './bench.ts';
import { runLab } from './lab-command.ts';
import { listenersLab } from './lab-text.ts';
import { type Of, type Part, partOf } from './part.ts';
import { median, type Row } from './table.ts';

/** Milliseconds at one listener, each the median of many in one round. */
export type AtListener = {
  readonly name: string;
  /** From the start of the connection to the CONNACK. */
  readonly login: number;
  /** From a PUBLISH at QoS 1 to its PUBACK. */
  readonly roundTrip: number;
};

export type Listeners = { readonly listeners: readonly AtListener[] };

const LOGINS = 50;
const ROUND_TRIPS = 200;

/** Login and round trip at a listener of each kind of one broker, in a container of Debian 13. */
export function listeners(): Part {
  return partOf('listeners', measure, rowsOf);
}

async function measure(bench: Bench): Promise<Listeners> {
  const name = bench.name('listeners');
  const file = await bench.labFile(name, listenersLab(name));
  await runLab(file, ['up', '--no-verify'], bench.signal);
  const lab = readLab(file);
  const { broker } = await locate(lab, await locateContainers(lab, bench.docker));
  const found: AtListener[] = [];
  // one after the other, so that none disturbs another
  for (const listener of broker.listeners) {
    const connect = () => session(lab, listener);
    // this process gets faster with its first messages
    await timedOf(LOGINS / 10, connect);
    await roundTrip(connect);
    found.push({
      name: listenerText(listener),
      login: await timedOf(LOGINS, connect),
      roundTrip: await roundTrip(connect),
    });
  }
  return { listeners: found };

  async function session({ users }: Lab, listener: LiveListener) {
    const [user] = users;
    if (user?.password === undefined) throw new Error('the first user has no password');
    const login = { user: user.name, password: user.password.reveal() };
    const outcome = await connectRaw({ ...endpointAt(lab, broker.credentials, listener, user), login });
    if (outcome.kind !== 'accepted') throw new Error(`no login at port ${listener.port}`);
    return outcome.session;
  }
}

type Connect = () => Promise<RawSession>;

async function timedOf(count: number, connect: Connect): Promise<number> {
  const times: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const begin = performance.now();
    const opened = await connect();
    times.push(performance.now() - begin);
    await opened.disconnect();
  }
  return median(times);
}

async function roundTrip(connect: Connect): Promise<number> {
  await using opened = await connect();
  const times: number[] = [];
  for (let done = 0; done < ROUND_TRIPS; done += 1) {
    const begin = performance.now();
    await opened.publish('status', Buffer.from('x'.repeat(100)), { qos: 1 });
    times.push(performance.now() - begin);
  }
  return median(times);
}

/** Pure. */
export function rowsOf(of: Of<Listeners>): Row[] {
  const figure = (index: number, key: 'login' | 'roundTrip') =>
    of(({ listeners: all }) => all[index]?.[key] ?? Number.NaN);
  const ratio = (index: number, key: 'login' | 'roundTrip') =>
    of(({ listeners: all }) => (all[index]?.[key] ?? Number.NaN) / (all[0]?.[key] ?? Number.NaN));
  return KINDS.flatMap((kind, index): Row[] => [
    { name: `login, ${kind}`, median: figure(index, 'login'), unit: 'ms' },
    ...(index === 0 ? [] : [{ name: '  of the plain one', median: ratio(index, 'login'), unit: '×' } as const]),
    { name: `round trip at QoS 1, ${kind}`, median: figure(index, 'roundTrip'), unit: 'ms' },
    ...(index === 0 ? [] : [{ name: '  of the plain one', median: ratio(index, 'roundTrip'), unit: '×' } as const]),
  ]);
}

/** In the order of the lab file. */
const KINDS = ['plain', 'TLS', 'TLS with client certificates', 'WebSockets', 'secure WebSockets'];
