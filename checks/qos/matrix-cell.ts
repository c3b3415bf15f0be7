import { hop, type Step, stepsOf } from '../../probes/mqtt/hop.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { QoS, Version } from '../../probes/mqtt/session.ts';
import type { QosPair } from '../../records/measured/qos-pair.ts';
import { listOf, stepText } from '../fixtures/delivery.ts';
import type { Finding } from '../harness/check.ts';
import type { Role } from '../harness/roles.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

/** One pair of the publisher's and the subscriber's QoS, and the message that tests it. */
export type Cell = {
  readonly version: Version;
  readonly topic: string;
  readonly published: QoS;
  readonly requested: QoS;
  readonly payload: Buffer;
};

export type Delivered = {
  /** Code of the SUBACK. */
  readonly granted: number;
  /** Payloads that arrived and carry the message's nonce, altered ones too. */
  readonly arrived: readonly Buffer[];
  /** The control packets of the message that each end saw. */
  readonly publisher: readonly Packet[];
  readonly subscriber: readonly Packet[];
};

const ROLES: readonly Role[] = ['publisher', 'subscriber'];
/** Over MQTT 5: a reason code, and the length of no properties (3.4.2). */
const OPTIONAL_BYTES = 2;

export function expectedCell(cell: Cell): object {
  const delivered = lower(cell.published, cell.requested);
  return { granted: cell.requested, delivered, copies: 1, ...hops((role) => wantedSteps(cell, role, delivered)) };
}

/**
 * The broker must deliver the message once and unaltered, at the lower of the published and the granted QoS, with
 * exactly the packets of the QoS on each hop. An external broker may grant less than requested.
 */
export function judgeCell(cell: Cell, seen: Delivered, brokerKind: BrokerKind): Finding {
  const { granted, arrived } = seen;
  const publish = seen.subscriber[0];
  const observed: QosPair = {
    granted,
    delivered: isQoS(publish?.qos) ? publish.qos : undefined,
    copies: arrived.length,
    ...hops((role) => stepsOf(seen[role])),
    ...explanation(cell, seen),
  };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (!isQoS(granted)) return fail(`the subscription was refused with code ${granted}`);
  if (granted > cell.requested || (brokerKind === 'lab' && granted !== cell.requested)) {
    return fail(`the subscription was granted QoS ${granted}, not ${cell.requested}`);
  }
  if (arrived.length !== 1) return fail(`${arrived.length} copies arrived, not one`);
  if (arrived[0]?.equals(cell.payload) !== true) return fail('the payload was altered');
  const delivered = lower(cell.published, granted);
  if (publish?.qos !== delivered) return fail(`the broker delivered at QoS ${publish?.qos}, not ${delivered}`);
  for (const role of ROLES) {
    const wanted = wantedSteps(cell, role, delivered);
    const packets = seen[role];
    const isWanted =
      packets.length === wanted.length && wanted.every((step, index) => matches(cell, step, packets[index]));
    if (!isWanted) return fail(`the ${role} saw ${listOf(stepsOf(packets))}, not ${listOf(wanted)}`);
    if (packets.some(({ dup }) => dup)) return fail(`the ${role} saw a PUBLISH with the DUP flag`);
  }
  if (granted === cell.requested) return { verdict: 'pass', observed };
  const reason = `the broker grants only QoS ${granted}: delivery at QoS ${lower(cell.published, cell.requested)} is not shown`;
  return { verdict: lower(cell.published, cell.requested) === delivered ? 'pass' : 'skipped', observed, reason };
}

/** The publisher's hop always runs at the publisher's QoS. */
function wantedSteps({ version, topic, published, payload }: Cell, role: Role, delivered: QoS): Step[] {
  const qos = role === 'publisher' ? published : delivered;
  return hop(role, { qos, topic, payloadBytes: payload.length, version });
}

/** Over MQTT 5 the broker may add a reason code and properties to its packets; the lab's client adds nothing. */
function matches({ version }: Cell, wanted: Step, packet: Packet | undefined): boolean {
  if (packet?.type !== wanted.type || packet.direction !== wanted.direction) return false;
  const { bytes = 0, properties = [], code = 0 } = packet;
  if (code >= 0x80) return false;
  const { bytes: smallest = 0 } = wanted;
  if (version === 4 || packet.direction === 'sent') return bytes === smallest;
  if (properties.length > 0) return bytes > smallest;
  return bytes >= smallest && bytes <= smallest + (packet.type === 'PUBLISH' ? 0 : OPTIONAL_BYTES);
}

/** Explains from the packets why the QoS of delivery is lower than the publisher's; empty where it is not. */
function explanation({ published }: Cell, { granted, publisher, subscriber }: Delivered): { explanation?: string } {
  const delivered = subscriber[0]?.qos;
  if (delivered === undefined || delivered >= published) return {};
  const list = (packets: readonly Packet[]) => packets.map(({ type }) => type).join(', ');
  return {
    explanation:
      `The publisher's QoS ends at the broker: its hop ran at QoS ${publisher[0]?.qos} (${list(publisher)}). ` +
      `The broker then delivered at QoS ${delivered} (${list(subscriber)}), ` +
      `since it delivers at no higher QoS than it granted to the subscription, QoS ${granted}.`,
  };
}

function hops(of: (role: Role) => readonly Step[]): Pick<QosPair, 'publisher' | 'subscriber' | 'packets' | 'bytes'> {
  const [publisher, subscriber] = [of('publisher'), of('subscriber')];
  const sum = (steps: readonly Step[]) => steps.reduce((total, { bytes = 0 }) => total + bytes, 0);
  return {
    publisher: publisher.map(stepText),
    subscriber: subscriber.map(stepText),
    packets: { publisher: publisher.length, subscriber: subscriber.length },
    bytes: { publisher: sum(publisher), subscriber: sum(subscriber) },
  };
}

function isQoS(code: number | undefined): code is QoS {
  return code === 0 || code === 1 || code === 2;
}

function lower(one: QoS, other: QoS): QoS {
  return one < other ? one : other;
}
