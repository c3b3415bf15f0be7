import { ignoreFailure } from '../../base/errors.ts';
import { endpointHere } from '../../deployment/endpoints.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import type { Finding } from './check.ts';
import { loginOf, type TestLab } from './test-lab.ts';

/** What a broker must support for a check to apply. */
export type Requirements = {
  readonly retained?: true;
  /** The highest QoS of its messages. */
  readonly qos?: QoS;
  /** How many messages of QoS 1 or 2 the broker queues for an absent client. */
  readonly queued?: number;
  /** The broker queues no messages of QoS 0 for an absent client. The standard leaves that open. */
  readonly dropsQoS0?: true;
  /** The broker never delivers at a higher QoS than the publisher's. */
  readonly neverRaisesQoS?: true;
};

type Options = Pick<Lab['broker'], 'options'>;

/**
 * Why the broker does not support what a check requires; undefined: it does. `broker.options` in the lab file decides
 * for the lab's own broker, the CONNACK of MQTT 5 for an external one.
 */
export function whyUnsupported(
  { lab, brokerKind, announced }: Pick<TestLab, 'lab' | 'brokerKind' | 'announced'>,
  required: Requirements,
): string | undefined {
  return brokerKind === 'lab' ? disabledByLabFile(lab.broker, required) : deniedByAnnouncement(announced, required);
}

/** An option's value in the lab file; undefined: Mosquitto's default. */
export function optionOf({ options }: Options, wanted: string): string | undefined {
  const found = options.findLast(({ name }) => name === wanted);
  return found === undefined ? undefined : String(found.value);
}

/** Which option in the lab file disables a required feature. */
export function disabledByLabFile(broker: Options, required: Requirements): string | undefined {
  const { retained, queued = 0, dropsQoS0, neverRaisesQoS } = required;
  if (retained && optionOf(broker, 'retain_available') === 'false')
    return 'broker.options disables retained messages (retain_available: false)';
  const limit = Number(optionOf(broker, 'max_queued_messages') ?? 0);
  if (limit > 0 && limit < queued) return `broker.options limits the queue to ${limit} messages (max_queued_messages)`;
  if (dropsQoS0 && optionOf(broker, 'queue_qos0_messages') === 'true')
    return 'broker.options makes the broker queue QoS 0 as well (queue_qos0_messages)';
  if (neverRaisesQoS && optionOf(broker, 'upgrade_outgoing_qos') === 'true') {
    return "broker.options raises the QoS of delivery to the subscription's (upgrade_outgoing_qos)";
  }
  return undefined;
}

/** Which announcement in the broker's CONNACK denies a required feature (MQTT 5, 3.2.2.3). */
function deniedByAnnouncement(announced: readonly string[], { retained, qos = 0 }: Requirements): string | undefined {
  const announcedFor = (name: string) => announcedValue(announced, name);
  const isNone = (value: string | undefined) => value === 'false' || value === '0';
  const says = (name: string) => `the broker announces ${name} ${announcedFor(name)}`;
  if (retained && isNone(announcedFor('retainAvailable'))) return says('retainAvailable');
  return qos > Number(announcedFor('maximumQoS') ?? 2) ? says('maximumQoS') : undefined;
}

/** The value of a property as the recorder wrote it, such as `maximumQoS 1`; undefined: it is absent. */
export function announcedValue(announced: readonly string[], name: string): string | undefined {
  return announced.find((text) => text.startsWith(`${name} `))?.slice(name.length + 1);
}

/** The properties in an external broker's CONNACK of MQTT 5; empty for the lab's own broker. */
export async function announcedBy({ lab, broker }: LiveLab): Promise<readonly string[]> {
  if (broker.host !== undefined) return [];
  const [user] = lab.users;
  const login = user && loginOf(user);
  const options = { ...endpointHere({ lab, broker }, user), version: 5, keepAlive: 10 } as const;
  const outcome = await ignoreFailure(connectRaw({ ...options, ...(login === undefined ? {} : { login }) }));
  if (outcome?.kind !== 'accepted') return [];
  await using session = outcome.session;
  const connack = session.packets.find(({ type }) => type === 'CONNACK');
  return connack?.properties ?? [];
}

/** Skips a check that needs a higher QoS than the broker granted. A broker may grant less (MQTT 3.1.1, 3.8.4). */
export function onlyGranted(granted: number): Finding {
  return { verdict: 'skipped', observed: { granted }, reason: `the broker grants only QoS ${granted}` };
}

/**
 * What follows where a SUBACK grants less than a check needs. Undefined: it grants enough. The lab's own broker must
 * grant every QoS; an external one may grant less, and the check then shows nothing.
 */
export function lessGranted(
  { brokerKind }: Pick<TestLab, 'brokerKind'>,
  granted: number,
  wanted: QoS,
): Finding | undefined {
  if (granted < 0x80 && granted >= wanted) return undefined;
  if (granted < 0x80 && brokerKind === 'external') return onlyGranted(granted);
  const reason =
    granted < 0x80
      ? `the broker granted QoS ${granted}, not ${wanted}`
      : `the broker refused the subscription with code ${granted}`;
  return { verdict: 'fail', observed: { granted }, reason };
}

/** The fixed header, the length of the topic, a packet id and the length of MQTT 5's properties. */
const MOST_HEADER_BYTES = 5 + 2 + 2 + 1;

/** The longest payload that a client may publish to the topic; undefined: no limit is known. */
export function longestPayload(
  { lab, brokerKind, announced }: Pick<TestLab, 'lab' | 'brokerKind' | 'announced'>,
  topic: string,
): number | undefined {
  const ofPackets = (bytes: number) => bytes - MOST_HEADER_BYTES - Buffer.byteLength(topic);
  const positive = (text: string | undefined) => (Number(text ?? 0) > 0 ? [Number(text)] : []);
  const limits =
    brokerKind === 'lab'
      ? [
          ...positive(optionOf(lab.broker, 'message_size_limit')),
          ...positive(optionOf(lab.broker, 'max_packet_size')).map(ofPackets),
        ]
      : positive(announcedValue(announced, 'maximumPacketSize')).map(ofPackets);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/**
 * Skips a check that publishes above the maximum QoS that an external broker announces (MQTT 5, 3.2.2.3.4), which a
 * client must not do [MQTT-3.2.2-11]. Undefined: the client may publish. The lab's own broker must accept every QoS.
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
