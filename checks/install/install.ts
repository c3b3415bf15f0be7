import type { LivePi } from '../../deployment/live-lab.ts';
import { publishOnce, startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { type Finding, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { nonce } from '../harness/messages.ts';
import { onEachPi, topicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';

/** The topic that the checkpoint tests an installation with; another open one where lab.yaml does not declare it. */
const INSTALLATION_TOPIC = 'test';
const BOUND_MS = 60_000;
const ARRIVAL_MS = 20_000;

type TopicRoles = NonNullable<ReturnType<typeof topicRoles>>;

export const install: CheckFamily = (testLab) => {
  const { lab, broker } = testLab.live;
  const named = { ...lab, topics: lab.topics.filter(({ name }) => name === INSTALLATION_TOPIC) };
  const roles = topicRoles(named) ?? topicRoles(lab);
  const check = {
    id: 'install.message',
    subject: { kind: 'message', way: 'broker host to Pi' },
    claim: 'what mosquitto_pub publishes on the broker host, mosquitto_sub -d shows on the Pi',
  } as const;
  if (roles === undefined) return [notApplicable(check, 'lab.yaml has no topic with a publisher and a subscriber')];
  const { host } = broker;
  if (host === undefined) return [notApplicable(check, 'the broker is external: its host is never touched')];
  return onEachPi(testLab, check, (pi, onPi) => ({
    ...onPi,
    expected: { messages: 1, topic: roles.topic },
    boundMs: BOUND_MS,
    run: () => installationCheck(testLab, pi, host, roles),
  }));
};

/** The checkpoint's installation check: `mosquitto_pub -t test -m message` there, `mosquitto_sub -t test -d` here. */
async function installationCheck(
  testLab: TestLab,
  pi: LivePi,
  brokerHost: HostAddress,
  roles: TopicRoles,
): Promise<Finding> {
  const { topic, publisher, subscriber } = roles;
  const limits = { boundMs: BOUND_MS, signal: testLab.stopped };
  const payload = Buffer.from(`installation ${nonce()}`);
  const onPi = await testLab.host(pi.name, pi.host);
  const onBrokerHost = await testLab.host('broker', brokerHost);
  const login = ({ name, password }: TopicRoles['subscriber']) => ({ user: name, password: password.reveal() });
  const subscription = { ...pi.broker, topic, login: login(subscriber), keepAlive: testLab.broker.keepAlive };
  await using client = startSubscriber(onPi, subscription, limits);
  await client.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', ARRIVAL_MS);
  const there = { address: '127.0.0.1', port: testLab.lab.broker.port, topic, login: login(publisher) };
  await publishOnce(onBrokerHost, { ...there, keepAlive: testLab.broker.keepAlive }, payload, limits);
  const isOurs = (message: { readonly payload: Buffer }) => message.payload.equals(payload);
  await client.messages.first(isOurs, `the message on ${topic}`, ARRIVAL_MS);
  const messages = client.messages.items.filter(isOurs).length;
  return { verdict: messages === 1 ? 'pass' : 'fail', observed: { messages, topic }, evidence: [...client.lines] };
}
