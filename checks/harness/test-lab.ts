import { LabError } from '../../base/errors.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { LOG } from '../../mosquitto/paths.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import { connectSession, type Session, type SessionOptions, type Version } from '../../probes/mqtt/session.ts';
import { type BrokerLog, followBrokerLog, NO_LOG } from '../../probes/network/broker-log.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../../provisioning/hosts/open.ts';

import { type DeliveryDelay, measureDeliveryDelay } from './delivery-delay.ts';

/**
 * What a check works with. Disposing of it ends every session and closes every host, those too that open only then: a check that has failed
 * may leave work under way, and one open connection would keep the test file from ending.
 */
export type TestLab = AsyncDisposable & {
  readonly live: LiveLab;
  readonly lab: Lab;
  /** Aborts when the run is to end early. */
  readonly stopped: AbortSignal;
  /** Where MQTT clients of this machine find the broker, and a keep alive that it accepts. */
  readonly broker: { readonly address: string; readonly port: number; readonly keepAlive: number };
  /** Whether the lab set the broker up; another one may do as it likes where the standard leaves it open. */
  readonly isOurs: boolean;
  /** Protocol levels that the broker speaks. */
  readonly versions: readonly Version[];
  /** What a broker that is not the lab's announces of itself in its CONNACK of MQTT 5, in the recorder's texts. */
  readonly announced: readonly string[];
  readonly deliveryDelay: DeliveryDelay;
  /** Whether measurements take the time that the report's questions ask for. */
  readonly isFull: boolean;
  /** Logs a user in from this machine by a client that does only what it is told; throws a LabError when the broker does not accept. */
  raw(user: User, options?: Partial<RawOptions>): Promise<RawSession>;
  /** Logs a user in from this machine with mqtt.js; throws a LabError when the broker does not accept. */
  login(user: User, options?: Partial<SessionOptions>): Promise<Session>;
  /** A host of the lab; opened once a lane, since one SSH connection takes ten commands at a time (sshd_config(5), MaxSessions). */
  host(name: string, where: HostAddress, lane?: string): Promise<Host>;
  /** What the lab's own broker logs, followed from the first call on; evidence alone, which may be missing. */
  brokerLog(): BrokerLog;
};

type Connect<S> = (
  usual: SessionOptions,
) => Promise<
  | { readonly kind: 'accepted'; readonly session: S }
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'closed'; readonly reason: string }
>;

const KEEP_ALIVE_S = 60;
/** The longest that the checks of a run may take, and more. */
const LOG_BOUND_MS = 3_600_000;

export function openTestLab(
  live: LiveLab,
  stopped: AbortSignal,
  versions: readonly Version[] = [4, 5],
  announced: readonly string[] = [],
  deliveryDelay: DeliveryDelay = measureDeliveryDelay(),
  isFull = false,
  sharedLog?: TestLab['brokerLog'],
): TestLab {
  const { lab, broker } = live;
  const keepAlive = Math.min(KEEP_ALIVE_S, lab.broker.maxKeepAlive);
  const sessions = new Set<Session | RawSession>();
  const hosts = new Map<string, Promise<Host>>();
  let log: BrokerLog | undefined;
  let isOver = false;
  const stillOn = (step: string) => {
    stopped.throwIfAborted();
    if (isOver) throw new LabError({ subject: 'verify', step, happened: 'the checks are over' }, 'failed');
  };
  stopped.addEventListener('abort', () => {
    for (const session of sessions) session.destroy();
  });
  const logIn = async <S extends Session | RawSession>(user: User, connect: Connect<S>): Promise<S> => {
    const step = `log in as ${user.name}`;
    stillOn(step);
    const login = loginOf(user);
    const outcome = await connect({ address: broker.address, port: broker.port, keepAlive, login });
    if (outcome.kind !== 'accepted') {
      const answer = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
      throw new LabError({ subject: 'broker', step, happened: answer }, 'failed');
    }
    const { session } = outcome;
    try {
      stillOn(step);
    } catch (error) {
      session.destroy();
      throw error;
    }
    sessions.add(session);
    // with its packets, of which a load has thousands
    void session.ended.then(() => sessions.delete(session));
    return session;
  };
  const openOnce = async (name: string, where: HostAddress, lane = ''): Promise<Host> => {
    stillOn(`open ${name}`);
    const key = `${name} ${lane}`;
    const open = hosts.get(key) ?? openHost(name, where, stopped);
    hosts.set(key, open);
    return await open;
  };
  const followLog = () => {
    if (broker.host === undefined) return NO_LOG;
    const limits = { boundMs: LOG_BOUND_MS, signal: stopped };
    return followBrokerLog(openOnce('broker', broker.host, 'log'), LOG, limits);
  };
  return {
    live,
    lab,
    stopped,
    broker: { address: broker.address, port: broker.port, keepAlive },
    isOurs: broker.host !== undefined,
    versions,
    announced,
    deliveryDelay,
    isFull,
    login: (user, options = {}) => logIn(user, (usual) => connectSession({ ...usual, ...options })),
    raw: (user, options = {}) => logIn(user, (usual) => connectRaw({ ...usual, ...options })),
    host: openOnce,
    brokerLog() {
      if (sharedLog !== undefined) return sharedLog();
      log ??= followLog();
      return log;
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      const following = log === undefined ? [] : [log];
      await Promise.allSettled([...sessions, ...following].map((open) => open[Symbol.asyncDispose]()));
      await Promise.allSettled([...hosts.values()].map(async (host) => (await host)[Symbol.asyncDispose]()));
    },
  };
}

/** A user's login as the clients take it. It has the password, so it goes into no record. */
export function loginOf({ name, password }: User): { readonly user: string; readonly password: string } {
  return { user: name, password: password.reveal() };
}
