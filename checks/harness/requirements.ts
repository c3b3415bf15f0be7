import type { LiveLab } from '../../deployment/live-lab.ts';
import type { Lab } from '../../lab-file/lab.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { connectRaw } from '../../probes/mqtt/raw-session.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import type { Finding } from './check.ts';
import type { TestLab } from './test-lab.ts';

/** What a check can only show of a broker that does it. */
export type Requirements = {
  readonly retained?: true;
  /** The highest QoS that it publishes, or is served, at. */
  readonly qos?: QoS;
  /** So many messages of QoS 1 or 2 wait for a client that is away. */
  readonly queued?: number;
  /** QoS 0 is not kept for a client that is away, which the standard leaves open. */
  readonly dropsQoS0?: true;
  /** The QoS of delivery is never above that of publication. */
  readonly neverRaisesQoS?: true;
};

type Options = Pick<Lab['broker'], 'options'>;

/**
 * Why the broker promises nothing about what a check needs; undefined: it does. The lab's own by `broker.options` of the lab file, another by what
 * it announces in its CONNACK of MQTT 5.
 */
export function whyUnsupported(
  { lab, brokerKind, announced }: Pick<TestLab, 'lab' | 'brokerKind' | 'announced'>,
  need: Requirements,
): string | undefined {
  return brokerKind === 'lab' ? disabledByLabFile(lab.broker, need) : deniedByAnnouncement(announced, need);
}

/** As the lab file sets it; undefined: it is left to Mosquitto. */
export function optionOf({ options }: Options, wanted: string): string | undefined {
  const found = options.findLast(({ name }) => name === wanted);
  return found === undefined ? undefined : String(found.value);
}

/** What the lab file takes away by `broker.options`. */
export function disabledByLabFile(broker: Options, need: Requirements): string | undefined {
  const { retained, qos = 0, queued = 0, dropsQoS0, neverRaisesQoS } = need;
  if (retained && optionOf(broker, 'retain_available') === 'false') return 'the lab file turns retained messages off';
  const most = Number(optionOf(broker, 'max_qos') ?? 2);
  if (queued > 0 && most === 0) return 'the lab file allows QoS 0 only, which is never queued';
  if (qos > most) return `the lab file allows no QoS above ${most}`;
  const limit = Number(optionOf(broker, 'max_queued_messages') ?? 0);
  if (limit > 0 && limit < queued) return `the lab file lets no more than ${limit} messages queue`;
  if (dropsQoS0 && optionOf(broker, 'queue_qos0_messages') === 'true') return 'the lab file has QoS 0 queued as well';
  if (neverRaisesQoS && optionOf(broker, 'upgrade_outgoing_qos') === 'true') {
    return "the lab file raises the QoS of delivery to the subscription's";
  }
  return undefined;
}

/** What the broker says in its CONNACK that it does not do (MQTT 5, 3.2.2.3). */
function deniedByAnnouncement(announced: readonly string[], { retained, qos = 0 }: Requirements): string | undefined {
  const announcedValue = (name: string) =>
    announced.find((text) => text.startsWith(`${name} `))?.slice(name.length + 1);
  const isNone = (value: string | undefined) => value === 'false' || value === '0';
  const says = (name: string) => `the broker announces ${name} ${announcedValue(name)}`;
  if (retained && isNone(announcedValue('retainAvailable'))) return says('retainAvailable');
  return qos > Number(announcedValue('maximumQoS') ?? 2) ? says('maximumQoS') : undefined;
}

/** The properties of an external broker's CONNACK of MQTT 5; none of the lab's own. */
export async function announcedBy({ lab, broker }: LiveLab): Promise<readonly string[]> {
  if (broker.host !== undefined) return [];
  const { address, port } = broker;
  const login = lab.users.map(({ name, password }) => ({ user: name, password: password.reveal() }))[0];
  const options = { address, port, version: 5, keepAlive: 10 } as const;
  const outcome = await connectRaw({ ...options, ...(login === undefined ? {} : { login }) }).catch(() => undefined);
  if (outcome?.kind !== 'accepted') return [];
  await using session = outcome.session;
  const connack = session.packets.find(({ type }) => type === 'CONNACK');
  return connack?.properties ?? [];
}

/**
 * A broker may take less than QoS 2, and says so in its CONNACK (MQTT 5, 3.2.2.3.4): a client then must not publish above it [MQTT-3.2.2-11].
 * The lab's own must take all. Undefined: nothing speaks against publishing.
 */
export function qosNotOffered(
  { brokerKind }: Pick<TestLab, 'brokerKind'>,
  { packets }: Pick<RawSession, 'packets'>,
  published: QoS,
): Finding | undefined {
  const announced = packets.find(({ type }) => type === 'CONNACK')?.properties ?? [];
  const maximum = announced.find((text) => text.startsWith('maximumQoS '));
  if (brokerKind === 'lab' || maximum === undefined || published <= Number(maximum.split(' ')[1])) return undefined;
  return { verdict: 'skipped', observed: { announced }, reason: `the broker announces ${maximum}` };
}
