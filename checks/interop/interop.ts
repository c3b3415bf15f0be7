import { endpointOn } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import { startPahoPublisher } from '../../probes/clients/paho-publisher.ts';
import { type PahoClient, startPahoSubscriber } from '../../probes/clients/paho-subscriber.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import { binaryPayload } from '../fixtures/delivery.ts';
import { type Check, type Finding, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { QOS_LEVELS } from '../harness/protocol.ts';
import { onlyGranted, whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, onEachPi, type TopicRoles, topicRoles } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

/** The QoS that a quick run checks; it has no time for more, since each check starts a Python process. */
const QUICK_QOS: QoS = 2;
const BOUND_MS = 60_000;
const WAIT_MS = 30_000;

type Direction = {
  readonly name: 'paho' | 'paho-publishes';
  readonly claim: (qos: QoS) => string;
  readonly exchange: (testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS) => Promise<Finding>;
};

const DIRECTIONS: readonly Direction[] = [
  {
    name: 'paho',
    claim: (qos) => `paho-mqtt in Python receives a message of mqtt.js at QoS ${qos} once`,
    exchange: pahoReceives,
  },
  {
    name: 'paho-publishes',
    claim: (qos) => `mqtt.js receives a message of paho-mqtt in Python at QoS ${qos} once`,
    exchange: pahoPublishes,
  },
];

/** paho-mqtt on a Pi, the client library of the checkpoint, and mqtt.js on this machine: both ways, at each QoS. */
export const interop: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return DIRECTIONS.flatMap((direction) => QOS_LEVELS.flatMap((qos) => checks(testLab, roles, direction, qos)));
};

function checks(
  testLab: TestLab,
  roles: TopicRoles | undefined,
  { name, claim, exchange }: Direction,
  qos: QoS,
): Check[] {
  const way = name === 'paho' ? 'this machine to paho' : 'paho to this machine';
  const named = { id: `qos.${name}.q${qos}`, subject: { kind: 'message', way, qos }, claim: claim(qos) } as const;
  const scope = name === 'paho' && qos === QUICK_QOS ? 'quick' : 'default';
  if (roles === undefined) return [{ ...notApplicable(named, NO_TOPIC_ROLES), scope }];
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return [{ ...notApplicable(named, why), scope }];
  return onEachPi(testLab, named, (pi, check) => ({
    ...check,
    statement: 'MQTT-3.8.4-6',
    expected: { copies: 1, qos, unaltered: true },
    boundMs: BOUND_MS,
    run: () => exchange(testLab, pi, roles, qos),
  })).map((check) => ({ ...check, scope }));
}

async function pahoReceives(testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS): Promise<Finding> {
  const { topic, publisher, subscriber } = roles;
  const host = await testLab.host(pi.name, pi.host);
  await using session = await testLab.login(publisher);
  const options = {
    ...endpointOn(pi, subscriber),
    ...loginOf(subscriber),
    topic,
    qos,
    clientId: `lab-${nonce()}`,
  } as const;
  await using paho = await startPahoSubscriber(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  await paho.events.first(({ kind }) => kind === 'subscribed', 'SUBACK', WAIT_MS);
  const payload = binaryPayload(nonce());
  const last = Buffer.from(`sentinel ${nonce()}`);
  await session.publish(topic, payload, { qos });
  await session.publish(topic, last, { qos });
  await paho.events.first((event) => event.kind === 'message' && event.payload.equals(last), 'sentinel', WAIT_MS);
  const copies = paho.events.items.flatMap((event) =>
    event.kind === 'message' && event.payload.includes(payload.subarray(0, 12)) ? [event] : [],
  );
  return judgeCopies(paho, qos, payload, copies);
}

/** paho publishes a numbered message a second: the first is under test, the second is its sentinel. */
async function pahoPublishes(testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS): Promise<Finding> {
  const { topic, publisher, subscriber } = roles;
  const host = await testLab.host(pi.name, pi.host);
  await using session = await testLab.login(subscriber);
  const granted = await session.subscribe(topic, qos);
  if (granted < qos && testLab.brokerKind === 'external') return onlyGranted(granted);
  const text = `paho ${nonce()}`;
  const login = { ...loginOf(publisher), clientId: `lab-${nonce()}`, keepAlive: testLab.broker.keepAlive };
  const options = { ...endpointOn(pi, publisher), ...login, topic, qos, text } as const;
  await using paho = await startPahoPublisher(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  const [payload, last] = [Buffer.from(`${text} 0`), Buffer.from(`${text} 1`)];
  await session.packet(isMessage(last), 'sentinel', WAIT_MS);
  const copies = session.packets.flatMap(({ type, direction, qos: seen = 0, payload: bytes }) =>
    type === 'PUBLISH' && direction === 'received' && bytes?.includes(text) === true && !bytes.equals(last)
      ? [{ qos: seen, payload: bytes }]
      : [],
  );
  return judgeCopies(paho, qos, payload, copies);
}

type Copy = { readonly qos: number; readonly payload: Buffer };

function judgeCopies({ events }: PahoClient, qos: QoS, payload: Buffer, copies: readonly Copy[]): Finding {
  const version = events.items.flatMap((event) => (event.kind === 'version' ? [event.version] : []))[0];
  const unaltered = copies.every((copy) => copy.payload.equals(payload));
  const observed = { paho: version, copies: copies.length, qos: copies[0]?.qos, unaltered };
  const isAsClaimed = copies.length === 1 && observed.qos === qos && unaltered;
  if (isAsClaimed) return { verdict: 'pass', observed };
  return { verdict: 'fail', observed, reason: `the receiver did not get exactly one unaltered copy at QoS ${qos}` };
}
