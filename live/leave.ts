import { ignoreFailure } from '../base/errors.ts';
import { endpointHere } from '../deployment/endpoints.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { connectSession, type Session } from '../probes/mqtt/session.ts';
import type { PacketView, Settings } from './protocol.ts';

/** What clients of a live view have left on the broker: retained messages and persistent sessions. */
export type Leftovers = {
  /** Notes what this packet may leave. */
  take(packet: PacketView, settings: Settings): void;
  /** Removes all of it, as far as the users' rights allow. */
  remove(live: LiveLab): Promise<void>;
};

const BOUND_MS = 5_000;

export function openLeftovers(): Leftovers {
  /** Topic → every user who tried to retain a message there, since the broker may have refused some. */
  const retained = new Map<string, Set<string>>();
  /** Client id → its user. */
  const sessions = new Map<string, string>();
  const retain = (topic: string, user: string) => {
    retained.set(topic, (retained.get(topic) ?? new Set()).add(user));
  };
  return {
    take({ direction, type, topic, retain: isRetained, connect }, { user }) {
      if (direction === 'received') return;
      if (type === 'PUBLISH' && isRetained === true && topic !== undefined) retain(topic, user);
      if (connect?.clean === false) sessions.set(connect.clientId, user);
      if (connect?.will?.retain === true) retain(connect.will.topic, user);
    },
    async remove(live) {
      // a clean session ends the persistent one of its client id [MQTT-3.1.2-6], and with it a connection that still has a will
      const ending = [...sessions].map(([clientId, user]) => asUser(live, user, async () => undefined, clientId));
      await Promise.all(ending);
      const clearing = [...retained].flatMap(([topic, users]) =>
        [...users].map((user) =>
          // an empty retained message removes one [MQTT-3.3.1-10]
          asUser(live, user, (session) => session.publish(topic, Buffer.alloc(0), { qos: 1, retain: true })),
        ),
      );
      await Promise.all(clearing);
    },
  };
}

/** Logs a user in for some work. A failure is no reason to leave the rest. */
async function asUser(
  live: LiveLab,
  name: string,
  work: (session: Session) => Promise<unknown>,
  clientId?: string,
): Promise<void> {
  const user = live.lab.users.find((each) => each.name === name);
  if (user === undefined) return;
  const working = async () => {
    const outcome = await connectSession({
      ...endpointHere(live, user),
      login: { user: name, ...(user.password && { password: user.password.reveal() }) },
      ...(clientId === undefined ? {} : { clientId }),
      ...{ boundMs: BOUND_MS, keepAlive: 10 },
    });
    if (outcome.kind !== 'accepted') return;
    await using session = outcome.session;
    await work(session);
  };
  await ignoreFailure(working());
}
