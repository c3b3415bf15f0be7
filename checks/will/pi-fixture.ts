import type { LivePi } from '../../deployment/live-lab.ts';
import { publishOnce } from '../../probes/clients/mosquitto-client.ts';
import { now, type Packet } from '../../probes/mqtt/packet.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import type { PiClient, PiClientOptions } from '../fixtures/client-on-pi.ts';
import { type Cause, type KnownEnd, willEvents } from '../fixtures/will-evidence.ts';
import { ANSWER_MS } from '../fixtures/will-observer.ts';
import type { WillRoles } from '../fixtures/will-roles.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import type { Role } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

/** A client with a last will on a Pi, and an observer of its topic on this machine; both are connected and subscribed. */
export type PiWillFixture<Client extends PiClient = PiClient> = AsyncDisposable & {
  readonly client: Client;
  /** When the client was started, in milliseconds since 1970: what it sent, it sent later. */
  readonly startedAt: number;
  /** How long the broker took to pass messages on since a moment of `now()`, in milliseconds. */
  slowestSince(moment: number): number;
  /** What was seen of all this; waits a moment for the broker's log. */
  evidence(cause: Cause, end?: KnownEnd): Promise<object[]>;
  /** Waits for the will; undefined when it does not come in time. */
  will(boundMs: number): Promise<Packet | undefined>;
  /** Has a message come after everything before it, and counts the wills that came until then. */
  countWills(sentinelFrom: 'this machine' | 'the Pi'): Promise<number>;
};

type Start<Client extends PiClient> = (
  host: Host,
  role: Role,
  options: PiClientOptions,
  limits: Limits,
) => Promise<Client>;
type Limits = { readonly boundMs: number; readonly signal: AbortSignal };

const CLIENT_BOUND_MS = 90_000;

export async function openPiWillFixture<Client extends PiClient>(
  testLab: TestLab,
  host: Host,
  pi: LivePi,
  roles: WillRoles,
  keepAlive: number,
  start: Start<Client>,
): Promise<PiWillFixture<Client>> {
  const { topic, role, owner } = roles;
  testLab.brokerLog();
  const { observer, sentinel } = await openObserver(testLab, roles);
  const closeBoth = async () => {
    await Promise.all([observer.close(), sentinel.close()]);
  };
  const payload = Buffer.from(`will ${nonce()}`);
  const own = [payload];
  const will = { topic, payload: payload.toString(), qos: 1 } as const;
  const options = { ...pi.broker, topic, login: loginOf(owner), keepAlive, will, clientId: `lab-${nonce()}` };
  const limits = { boundMs: CLIENT_BOUND_MS, signal: testLab.stopped };
  const startedAt = now();
  const client = await start(host, role, options, limits).catch(async (error: unknown) => {
    await closeBoth();
    throw error;
  });
  const isWill = isMessage(payload);
  return {
    client,
    startedAt,
    slowestSince: testLab.deliveryDelay.slowestSince,
    async evidence(cause, end) {
      const left = { topic, qos: will.qos, retain: false };
      const wills = observer.packets.filter(isWill);
      const known = { clientId: options.clientId, keepAlive, will: left };
      const events = await willEvents(testLab, { owner: known, cause, end, wills });
      return [...client.evidence(), ...evidence('observer', ownPackets(observer.packets, own)), ...events];
    },
    async will(boundMs) {
      // the barrier tells an observer that has lost its own connection from a will that did not come
      return await observer.packet(isWill, 'last will', boundMs).catch(async () => {
        await observer.barrier();
        return observer.packets.find(isWill);
      });
    },
    async countWills(from) {
      const last = Buffer.from(`sentinel ${nonce()}`);
      own.push(last);
      const arrival = () => observer.packet(isMessage(last), 'sentinel');
      if (from === 'this machine') {
        await testLab.deliveryDelay.timed(async () => {
          await sentinel.publish(topic, last, { qos: 1 });
          await arrival();
        });
      } else {
        await publishFromPi(host, { ...pi.broker, topic, login: loginOf(roles.publisher) }, last, limits);
        await arrival();
      }
      return observer.packets.filter(isWill).length;
    },
    async [Symbol.asyncDispose]() {
      try {
        await client[Symbol.asyncDispose]();
      } finally {
        await closeBoth();
      }
    },
  };
}

async function openObserver(testLab: TestLab, { topic, observer, publisher }: WillRoles) {
  const options = { boundMs: ANSWER_MS };
  const [session, sentinel] = await Promise.all([testLab.login(observer, options), testLab.login(publisher, options)]);
  const granted = await session.subscribe(topic, 1);
  if (granted >= 0x80) throw new Error(`${observer.name} may not subscribe to ${topic}: SUBACK code ${granted}`);
  return { observer: session, sentinel };
}

type PublishOptions = Parameters<typeof publishOnce>[1];

async function publishFromPi(
  host: Host,
  { address, port, topic, login }: PublishOptions,
  payload: Buffer,
  limits: Limits,
) {
  const options = { address, port, topic, qos: 1, ...(login === undefined ? {} : { login }) } as const;
  await publishOnce(host, options, payload, limits);
}
