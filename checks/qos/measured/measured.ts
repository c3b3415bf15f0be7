import { CALLED_AS } from '../../../base/called-as.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import { expectedDelivery } from '../../fixtures/delivery.ts';
import { type Check, type Finding, type NamedCheck, notApplicable } from '../../harness/check.ts';
import type { CheckFamily } from '../../harness/check-family.ts';
import { QOS_LEVELS } from '../../harness/protocol.ts';
import { whyUnsupported } from '../../harness/requirements.ts';
import { NO_TOPIC_ROLES, onEachPi, type TopicRoles, topicRoles } from '../../harness/roles.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { loads } from '../load-limit.ts';
import { measureExchange, PAYLOAD_BYTES as TRACED_BYTES } from './exchange.ts';
import type { Measurement } from './fixture.ts';
import { measureLatency, PAYLOAD_BYTES as PACED_BYTES } from './latency.ts';
import { expectedTypes, measureSizes, PAYLOADS } from './size.ts';

const BOUND_MS = 120_000;

/** What a message to a Pi costs: its control packets and their times, its size, its latency. */
export const qosMeasured: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return [
    ...QOS_LEVELS.flatMap((qos) => exchanges(testLab, roles, qos)),
    ...QOS_LEVELS.flatMap((qos) => latencies(testLab, roles, qos)),
    // last, when the publishing clients of the keep-alive checks have ended: each message must be alone on the wire
    ...QOS_LEVELS.flatMap((qos) => sizes(testLab, roles, qos)),
  ];
};

type MeasuredCheck = {
  readonly named: NamedCheck;
  readonly qos: QoS;
  readonly measure: (measurement: Measurement) => Pick<Check, 'expected' | 'run'>;
};

function exchanges(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check[] {
  const named = {
    id: `qos.sequence.q${qos}`,
    subject: { kind: 'sequence', qos },
    claim: `a message of QoS ${qos} from this machine to a Pi takes the control packets of QoS ${qos} on both hops, in order`,
  } as const;
  return onPis(testLab, roles, {
    named,
    qos,
    measure: (measurement) => ({
      expected: expectedDelivery(qos, measurement.roles.topic, TRACED_BYTES),
      run: () => measureExchange(testLab, measurement),
    }),
  });
}

function sizes(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check[] {
  // one measurement gives all sizes
  const findings = measuredOnce((measurement) => measureSizes(testLab, measurement));
  return PAYLOADS.flatMap((bytes) => {
    const named = {
      id: `qos.size.q${qos}.${bytes}`,
      subject: { kind: 'size', qos, payloadBytes: bytes },
      claim: `a message of ${bytes} bytes at QoS ${qos} takes exactly the bytes of MQTT on both hops that the standard gives`,
    } as const;
    return onPis(testLab, roles, {
      named,
      qos,
      measure(measurement) {
        const one = { qos, topic: measurement.roles.topic, payloadBytes: bytes, messages: 1 };
        return {
          expected: { publisher: expectedTypes('publisher', one), subscriber: expectedTypes('subscriber', one) },
          async run() {
            const finding = (await findings(measurement)).get(bytes);
            if (finding === undefined) throw new Error(`no measurement of ${bytes} bytes`);
            return finding;
          },
        };
      },
    });
  });
}

function latencies(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check[] {
  // one measurement gives both series
  const series = measuredOnce((measurement) => measureLatency(testLab, measurement));
  return (['noDelay', 'nagle'] as const).flatMap((name) => {
    const idWord = name === 'noDelay' ? 'nodelay' : 'nagle';
    const how = name === 'noDelay' ? 'without' : 'with';
    const claim = `messages of ${PACED_BYTES} bytes at QoS ${qos}, at a steady rate ${how} Nagle's algorithm, all arrive at a Pi`;
    const subject = { kind: 'latency', qos, noDelay: name === 'noDelay' } as const;
    return onPis(testLab, roles, {
      named: { id: `qos.latency.q${qos}.${idWord}`, subject, claim },
      qos,
      measure: (measurement) => ({
        expected: { lost: 0 },
        run: async (): Promise<Finding> => (await series(measurement))[name],
      }),
    });
  });
}

/** Measures once on each Pi, for all checks that read the result. */
function measuredOnce<T>(measure: (measurement: Measurement) => Promise<T>): (measurement: Measurement) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (measurement) => {
    const result = known.get(measurement.pi.name) ?? measure(measurement);
    known.set(measurement.pi.name, result);
    return result;
  };
}

/** A check for each Pi. Only a full run measures on all of them: measurements must not run at the same time. */
function onPis(testLab: TestLab, roles: TopicRoles | undefined, { named, qos, measure }: MeasuredCheck): Check[] {
  const common = { scope: 'default', isLoad: true } as const;
  if (roles === undefined) return [{ ...notApplicable(named, NO_TOPIC_ROLES), ...common }];
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return [{ ...notApplicable(named, why), ...common }];
  const [first] = testLab.live.pis;
  return onEachPi(testLab, named, (pi, onPi) => {
    if (!testLab.isFull && pi !== first) return notApplicable(onPi, `${CALLED_AS} report measures it on each Pi`);
    return { ...onPi, ...measure({ pi, roles, qos }), boundMs: BOUND_MS, limit: loads };
  }).map((check) => ({ ...check, ...common }));
}
