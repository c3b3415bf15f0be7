import { randomBytes } from 'node:crypto';
import { connectSession, type Session, type SessionWish } from '../../../probes/session.ts';
import { LabError } from '../../../provisioning/errors.ts';
import type { Host } from '../../../provisioning/hosts/host.ts';
import type { HostAddress } from '../../../provisioning/hosts/open.ts';
import type { Lab, User } from '../../../provisioning/lab-file/lab.ts';
import type { LiveLab } from '../../../provisioning/live-lab.ts';

/**
 * What a check works with. Disposing of it ends every session and closes every host, those too that open only then: a check that has failed
 * may leave work under way, and one open connection would keep the test file from ending.
 */
export type World = AsyncDisposable & {
  readonly live: LiveLab;
  readonly lab: Lab;
  /** Aborts when the run is to end early. */
  readonly stopped: AbortSignal;
  /** Where MQTT clients of this machine find the broker, and a keep alive that it accepts. */
  readonly broker: { readonly address: string; readonly port: number; readonly keepAlive: number };
  /** Logs a user in from this machine; throws a LabError when the broker does not accept. */
  login(user: User, wish?: Partial<SessionWish>): Promise<Session>;
  /** A host of the lab; opened once a lane, since one SSH connection takes ten commands at a time (sshd_config(5), MaxSessions). */
  host(name: string, where: HostAddress, lane?: string): Promise<Host>;
};

const KEEP_ALIVE_S = 60;

export function openWorld(live: LiveLab, stopped: AbortSignal): World {
  const { lab, broker } = live;
  const keepAlive = Math.min(KEEP_ALIVE_S, lab.broker.maxKeepAlive);
  const sessions = new Set<Session>();
  const hosts = new Map<string, Promise<Host>>();
  let isOver = false;
  const stillOn = (step: string) => {
    stopped.throwIfAborted();
    if (isOver) throw new LabError({ subject: 'verify', step, happened: 'the checks are over' }, 1);
  };
  stopped.addEventListener('abort', () => {
    for (const session of sessions) session.destroy();
  });
  return {
    live,
    lab,
    stopped,
    broker: { address: broker.address, port: broker.port, keepAlive },
    async login(user, wish = {}) {
      const step = `log in as ${user.name}`;
      stillOn(step);
      const login = { user: user.name, password: user.password.reveal() };
      const outcome = await connectSession({ address: broker.address, port: broker.port, keepAlive, login, ...wish });
      if (outcome.kind !== 'accepted') {
        const answer = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
        throw new LabError({ subject: 'broker', step, happened: answer }, 1);
      }
      try {
        stillOn(step);
      } catch (error) {
        outcome.session.destroy();
        throw error;
      }
      sessions.add(outcome.session);
      return outcome.session;
    },
    async host(name, where, lane = '') {
      stillOn(`open ${name}`);
      const key = `${name} ${lane}`;
      const open = hosts.get(key) ?? openLater(name, where, stopped);
      hosts.set(key, open);
      return await open;
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.allSettled([...sessions].map((session) => session[Symbol.asyncDispose]()));
      await Promise.allSettled([...hosts.values()].map(async (host) => (await host)[Symbol.asyncDispose]()));
    },
  };
}

/** SSH is loaded when a check first needs it: a lab without Pis never does. */
async function openLater(name: string, where: HostAddress, stopped: AbortSignal): Promise<Host> {
  const { openHost } = await import('../../../provisioning/hosts/open.ts');
  return await openHost(name, where, stopped);
}

/** Text that appears nowhere else, for a payload or a name. */
export function nonce(): string {
  return randomBytes(6).toString('hex');
}
