import { endpointOn } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import { publishOnce } from '../../probes/clients/mosquitto-client.ts';
import { now } from '../../probes/mqtt/packet.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import type { PiClient, StartPiClient } from '../fixtures/client-on-pi.ts';
import { type WillTimeline, willEvents } from '../fixtures/will-evidence.ts';
import { type MarkedWill, newWill } from '../fixtures/will-owner.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { nonce } from '../harness/messages.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

/** The owner of a last will on a Pi, connected and, as a subscriber, subscribed. Disposing of it ends it. */
export type OwnerOnPi<Client extends PiClient> = AsyncDisposable & {
  readonly client: Client;
  readonly will: MarkedWill;
  /** When it was started, in milliseconds since 1970: it sent everything later. */
  readonly startedAt: number;
  /** Publishes from the Pi, so behind the end of the client's connection. */
  publish(payload: Buffer): Promise<void>;
  /** What the client and the broker's log have of it. Waits a moment for that log. */
  evidence(timeline: Omit<WillTimeline, 'owner'>): Promise<object[]>;
};

export type OwnerOnPiOptions<Client extends PiClient> = {
  readonly host: Host;
  readonly pi: LivePi;
  readonly roles: WillRoles;
  readonly keepAlive: number;
  readonly start: StartPiClient<Client>;
};

const BOUND_MS = 90_000;
const PUBLISH_MS = 20_000;

export async function startOwnerOnPi<Client extends PiClient>(
  testLab: TestLab,
  { host, pi, roles, keepAlive, start }: OwnerOnPiOptions<Client>,
): Promise<OwnerOnPi<Client>> {
  const { topic, role } = roles;
  const will = newWill(roles);
  const { payload, qos, retain } = will;
  const clientId = `lab-${nonce()}`;
  const limits = { boundMs: BOUND_MS, signal: testLab.stopped };
  const startedAt = now();
  const login = loginOf(roles.owner);
  const left = { topic, payload: payload.toString(), qos };
  const client = await start(
    host,
    role,
    { ...endpointOn(pi, roles.owner), topic, login, keepAlive, will: left, clientId },
    limits,
  );
  return {
    client,
    will,
    startedAt,
    async publish(message) {
      const options = { ...endpointOn(pi, roles.publisher), topic, login: loginOf(roles.publisher), qos: 1 } as const;
      await publishOnce(host, options, message, { ...limits, boundMs: PUBLISH_MS });
    },
    async evidence(timeline) {
      const owner = { clientId, keepAlive, will: { topic, qos, retain } };
      return [...client.evidence(), ...(await willEvents(testLab, { ...timeline, owner }))];
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
