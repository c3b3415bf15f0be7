import { LabError } from '../../base/errors.ts';
import { endpointAt, endpointHere } from '../../deployment/endpoints.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import { LOG } from '../../mosquitto/paths.ts';
import type { Endpoint } from '../../probes/mqtt/endpoint.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import { connectSession, type Session, type SessionOptions, type Version } from '../../probes/mqtt/session.ts';
import { type BrokerLog, followBrokerLog, NO_LOG } from '../../probes/network/broker-log.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../../provisioning/hosts/open.ts';
import { type DeliveryDelay, measureDeliveryDelay } from './delivery-delay.ts';
import { BROKER, type Pace } from './pace.ts';
import { trackedHost } from './tracked-host.ts';

/** `lab`: the lab installed the broker. An `external` broker may use every freedom that the standard leaves. */
export type BrokerKind = 'lab' | 'external';

/**
 * A live lab as checks see it. Disposing of it ends every session and closes every host, also those that open later: a
 * failed check may still be at work, and one open connection would keep the process from ending.
 */
export type TestLab = AsyncDisposable & {
  readonly live: LiveLab;
  readonly lab: Lab;
  /** Aborts when the run is interrupted. */
  readonly stopped: AbortSignal;
  /** A keep alive in seconds that the broker accepts. */
  readonly broker: { readonly keepAlive: number };
  /** Where a user's clients on this machine reach the broker; without a user, at its first listener. */
  brokerFor(user: User | undefined): Endpoint & { readonly keepAlive: number };
  readonly brokerKind: BrokerKind;
  /** The protocol levels that the broker speaks. */
  readonly versions: readonly Version[];
  /** Properties of an external broker's CONNACK over MQTT 5, as the recorder writes them; empty for the lab's own. */
  readonly announced: readonly string[];
  readonly deliveryDelay: DeliveryDelay;
  /** Whether measurements take as long as the report needs. */
  readonly isFull: boolean;
  /** Logs a user in from this machine with the scripted client; throws a LabError when the broker refuses. */
  raw(user: User, options?: Partial<RawOptions>): Promise<RawSession>;
  /** Logs a user in from this machine with mqtt.js; throws a LabError when the broker refuses. */
  login(user: User, options?: Partial<SessionOptions>): Promise<Session>;
  /** The same lab, whose users log in at this listener where they may. */
  at(listener: LiveListener): TestLab;
  /**
   * Opens a host of the lab. Each lane is a separate SSH connection, since sshd allows ten sessions on one
   * (MaxSessions).
   */
  host(name: string, where: HostAddress, lane?: string): Promise<Host>;
  /** The log of the lab's own broker, followed from the first call on. It may be empty, so no verdict depends on it. */
  brokerLog(): BrokerLog;
};

export type TestLabOptions = {
  /** @default 3.1.1 and 5 */
  readonly versions?: readonly Version[];
  readonly announced?: readonly string[];
  /** Shared by the test labs of one run. @default not shared */
  readonly deliveryDelay?: DeliveryDelay;
  readonly isFull?: boolean;
  /** The log that another test lab of the run follows. @default not shared */
  readonly brokerLog?: TestLab['brokerLog'];
  /** Learns how long logins and commands take. @default nobody does */
  readonly pace?: Pick<Pace, 'sample' | 'connect'>;
};

type BrokerFor = TestLab['brokerFor'];

type Connect<S> = (
  defaults: SessionOptions,
) => Promise<
  | { readonly kind: 'accepted'; readonly session: S }
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'closed'; readonly reason: string }
>;

const KEEP_ALIVE_S = 60;
/** Longer than any run takes. */
const LOG_BOUND_MS = 3_600_000;

export function openTestLab(live: LiveLab, stopped: AbortSignal, options: TestLabOptions = {}): TestLab {
  const { versions = [4, 5], announced = [], deliveryDelay = measureDeliveryDelay(), isFull = false } = options;
  const { lab, broker } = live;
  let isDisposed = false;
  const assertRunning = (step: string) => {
    stopped.throwIfAborted();
    if (isDisposed) throw new LabError({ subject: 'verify', step, happened: 'the checks are over' }, 'failed');
  };
  const keepAlive = Math.min(KEEP_ALIVE_S, lab.broker.maxKeepAlive);
  const bestFor: BrokerFor = (user) => ({ ...endpointHere(live, user), keepAlive });
  const { sample, connect }: Pick<Pace, 'sample' | 'connect'> = options.pace ?? {
    sample: () => undefined,
    connect: (_, work) => work(),
  };
  const sessions = openSessions(stopped, assertRunning, (begun) => sample(BROKER, begun));
  const hosts = openHosts(stopped, assertRunning, { sample, connect });
  let log: BrokerLog | undefined;
  const followLog = () => {
    if (broker.host === undefined) return NO_LOG;
    const limits = { boundMs: LOG_BOUND_MS, signal: stopped };
    return followBrokerLog(hosts.open('broker', broker.host, 'log'), LOG, limits);
  };
  const logins = (brokerFor: BrokerFor) =>
    ({
      brokerFor,
      login: (user, own = {}) => sessions.logIn(user, brokerFor, (defaults) => connectSession({ ...defaults, ...own })),
      raw: (user, own = {}) => sessions.logIn(user, brokerFor, (defaults) => connectRaw({ ...defaults, ...own })),
    }) satisfies Partial<TestLab>;
  const testLab: TestLab = {
    live,
    lab,
    stopped,
    broker: { keepAlive },
    ...logins(bestFor),
    brokerKind: broker.host === undefined ? 'external' : 'lab',
    versions,
    announced,
    deliveryDelay,
    isFull,
    at: (listener) => ({
      ...testLab,
      ...logins((user) => {
        if (user === undefined || bestListener([listener], user) === undefined) return bestFor(user);
        return { ...endpointAt(lab, broker.credentials, listener, user), keepAlive };
      }),
    }),
    host: hosts.open,
    brokerLog() {
      if (options.brokerLog !== undefined) return options.brokerLog();
      log ??= followLog();
      return log;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      const following = log === undefined ? [] : [log];
      await Promise.allSettled([sessions, ...following].map((open) => open[Symbol.asyncDispose]()));
      await hosts[Symbol.asyncDispose]();
    },
  };
  return testLab;
}

function openSessions(stopped: AbortSignal, assertRunning: (step: string) => void, onLogin: (begun: number) => void) {
  const open = new Set<Session | RawSession>();
  stopped.addEventListener('abort', () => {
    for (const session of open) session.destroy();
  });
  return {
    async logIn<S extends Session | RawSession>(user: User, brokerFor: BrokerFor, connect: Connect<S>): Promise<S> {
      const step = `log in as ${user.name}`;
      assertRunning(step);
      const begun = performance.now();
      const outcome = await connect({ ...brokerFor(user), login: loginOf(user) });
      onLogin(begun);
      if (outcome.kind !== 'accepted') {
        const happened = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
        throw new LabError({ subject: 'broker', step, happened }, 'failed');
      }
      const { session } = outcome;
      try {
        assertRunning(step);
      } catch (error) {
        session.destroy();
        throw error;
      }
      open.add(session);
      // frees the packets of the session: a load has thousands
      void session.ended.then(() => open.delete(session));
      return session;
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...open].map((session) => session[Symbol.asyncDispose]()));
    },
  };
}

function openHosts(
  stopped: AbortSignal,
  assertRunning: (step: string) => void,
  { sample, connect }: Pick<Pace, 'sample' | 'connect'>,
) {
  const hosts = new Map<string, Promise<Host>>();
  return {
    async open(name: string, where: HostAddress, lane = ''): Promise<Host> {
      assertRunning(`open ${name}`);
      const key = `${name} ${lane}`;
      const host =
        hosts.get(key) ??
        connect(name, () => openHost(name, where, stopped)).then((opened) =>
          trackedHost(opened, (begun) => sample(name, begun)),
        );
      hosts.set(key, host);
      return await host;
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...hosts.values()].map(async (host) => (await host)[Symbol.asyncDispose]()));
    },
  };
}

/** A user's login as clients take it. It contains the password, so it must not get into a record. */
export function loginOf({ name, password }: User): { readonly user: string; readonly password?: string } {
  return { user: name, ...(password === undefined ? {} : { password: password.reveal() }) };
}
