import { endpointOn, endpointOnBrokerHost } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import { publishOnce, startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import type { HostAddress } from '../../provisioning/hosts/open.ts';
import { type Finding, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { nonce } from '../harness/messages.ts';
import { NO_TOPIC_ROLES, onEachPi, type TopicRoles, topicRoles } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

/** The checkpoint's topic for the installation test. Where lab.yaml does not declare it, another one takes its place. */
const INSTALLATION_TOPIC = 'test';
const BOUND_MS = 60_000;
const ARRIVAL_MS = 20_000;

export const install: CheckFamily = (testLab) => {
  const { lab, broker } = testLab.live;
  const named = { ...lab, topics: lab.topics.filter(({ name }) => name === INSTALLATION_TOPIC) };
  const roles = topicRoles(named) ?? topicRoles(lab);
  const check = {
    id: 'install.message',
    subject: { kind: 'message', way: 'broker host to Pi' },
    claim: 'mosquitto_sub -d on the Pi shows what mosquitto_pub on the broker host publishes',
  } as const;
  if (roles === undefined) return [notApplicable(check, NO_TOPIC_ROLES)];
  const { host } = broker;
  if (host === undefined) return [notApplicable(check, 'the lab never logs in to the host of an external broker')];
  if (bestListener(broker.onHost, roles.publisher) === undefined) {
    return [notApplicable(check, "each listener asks for a certificate, and the broker's host has none")];
  }
  return onEachPi(testLab, check, (pi, onPi) => ({
    ...onPi,
    expected: { messages: 1, topic: roles.topic },
    boundMs: BOUND_MS,
    needs: [
      { host: 'broker', of: 'clients' },
      { host: pi.name, of: 'clients' },
    ],
    run: () => installationCheck(testLab, pi, host, roles),
  }));
};

/** The checkpoint's test: `mosquitto_pub -t test -m message` on the broker host, `mosquitto_sub -t test -d` on the Pi. */
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
  const subscription = {
    ...endpointOn(pi, subscriber),
    topic,
    login: loginOf(subscriber),
    keepAlive: testLab.broker.keepAlive,
  };
  await using client = startSubscriber(onPi, subscription, limits);
  await client.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', ARRIVAL_MS);
  const message = { ...endpointOnBrokerHost(testLab.live.broker, publisher), topic, login: loginOf(publisher) };
  await publishOnce(onBrokerHost, { ...message, keepAlive: testLab.broker.keepAlive }, payload, limits);
  const isOwn = (message: { readonly payload: Buffer }) => message.payload.equals(payload);
  await client.messages.first(isOwn, `the message on ${topic}`, ARRIVAL_MS);
  const messages = client.messages.items.filter(isOwn).length;
  const found = { observed: { messages, topic }, evidence: [...client.lines] };
  if (messages === 1) return { verdict: 'pass', ...found };
  return { verdict: 'fail', reason: `mosquitto_sub showed the message ${messages} times, not once`, ...found };
}
