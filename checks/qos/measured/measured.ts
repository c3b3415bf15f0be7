import type { LivePi } from '../../../deployment/live-lab.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import { expectedDelivery } from '../../fixtures/delivery.ts';
import { type Check, type Finding, type NamedCheck, notApplicable } from '../../harness/check.ts';
import type { CheckFamily } from '../../harness/check-family.ts';
import { whyUnsupported } from '../../harness/requirements.ts';
import { onEachPi, topicRoles } from '../../harness/roles.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { loads } from '../load-limit.ts';
import { measureExchange, PAYLOAD_BYTES as TRACED_BYTES } from './exchange.ts';
import { LEVELS, type TopicRoles } from './fixture.ts';
import { measureLatency, PAYLOAD_BYTES as PACED_BYTES, type Series } from './latency.ts';
import { expectedTypes, measureSize, PAYLOADS } from './size.ts';

const BOUND_MS = 120_000;

/** What a message costs on its way to a Pi: its control packets in time, its size, its latency. */
export const qosMeasured: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return [
    ...LEVELS.flatMap((qos) => exchanges(testLab, roles, qos)),
    ...LEVELS.flatMap((qos) => latencies(testLab, roles, qos)),
    // last, when the clients have left that publish for the keep alives: each message is to be alone on the wire
    ...LEVELS.flatMap((qos) => PAYLOADS.flatMap((bytes) => sizes(testLab, roles, qos, bytes))),
  ];
};

type Measure = (pi: LivePi, roles: TopicRoles) => Pick<Check, 'expected' | 'run'>;

function exchanges(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check[] {
  const named = {
    id: `qos.sequence.q${qos}`,
    subject: { kind: 'sequence', qos },
    claim: `a message of QoS ${qos} from this machine to a Pi takes the control packets of QoS ${qos} on both hops, in their order`,
  } as const;
  return onPis(testLab, roles, qos, named, (pi, own) => ({
    expected: expectedDelivery(qos, own.topic, TRACED_BYTES),
    run: () => measureExchange(testLab, pi, own, qos),
  }));
}

function sizes(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS, bytes: number): Check[] {
  const named = {
    id: `qos.size.q${qos}.${bytes}`,
    subject: { kind: 'size', qos, payloadBytes: bytes },
    claim: `a message of ${bytes} bytes at QoS ${qos} takes the bytes of MQTT on both hops that the standard's arithmetic says`,
  } as const;
  return onPis(testLab, roles, qos, named, (pi, own) => {
    const wanted = { qos, topic: own.topic, payloadBytes: bytes, messages: 1 };
    return {
      expected: { publisher: expectedTypes('publisher', wanted), subscriber: expectedTypes('subscriber', wanted) },
      run: () => measureSize(testLab, pi, own, qos, bytes),
    };
  });
}

function latencies(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check[] {
  const named = { id: `qos.latency.q${qos}` } as const;
  // one measurement gives both series: the second check finds it done
  const both = new Map<string, Promise<Series>>();
  const series = (pi: LivePi, own: TopicRoles) => {
    const known = both.get(pi.name) ?? measureLatency(testLab, pi, own, qos);
    both.set(pi.name, known);
    return known;
  };
  return (['noDelay', 'nagle'] as const).flatMap((name) => {
    const idWord = name === 'noDelay' ? 'nodelay' : 'nagle';
    const how = name === 'noDelay' ? 'without' : 'with';
    const claim = `messages of ${PACED_BYTES} bytes at QoS ${qos}, at a steady rate ${how} Nagle's algorithm, all come to a Pi`;
    const subject = { kind: 'latency', qos, noDelay: name === 'noDelay' } as const;
    return onPis(testLab, roles, qos, { id: `${named.id}.${idWord}`, subject, claim }, (pi, own) => ({
      expected: { lost: 0 },
      run: async (): Promise<Finding> => (await series(pi, own))[name],
    }));
  });
}

/** One measurement on each Pi; in a run that is not full on the first alone, since they can't go on side by side. */
function onPis(
  testLab: TestLab,
  roles: TopicRoles | undefined,
  qos: QoS,
  named: NamedCheck,
  measure: Measure,
): Check[] {
  const common = { scope: 'default', isLoad: true } as const;
  if (roles === undefined) {
    const reason = 'lab.yaml has no topic with both a publisher and a subscriber';
    return [{ ...notApplicable(named, reason), ...common }];
  }
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return [{ ...notApplicable(named, why), ...common }];
  const [first] = testLab.live.pis;
  return onEachPi(testLab, named, (pi, onPi) => {
    if (!testLab.isFull && pi !== first) return notApplicable(onPi, './lab report measures it on each Pi');
    return { ...onPi, ...measure(pi, roles), boundMs: BOUND_MS, limit: loads };
  }).map((check) => ({ ...check, ...common }));
}
