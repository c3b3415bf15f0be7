import type { Lab } from '../../../lab-file/lab.ts';
import { LAB_CONF } from '../../../mosquitto/paths.ts';
import { RESTORE_BROKER, setMainOption, setOption } from '../machine-scripts.ts';
import type { DeploymentMutant } from '../mutant.ts';

type Optional = Partial<Pick<DeploymentMutant, 'scope'>>;

function onBroker(
  name: string,
  what: string,
  mutate: string,
  caughtBy: readonly string[],
  rest: Optional = {},
): DeploymentMutant {
  return { kind: 'deployment', machine: 'broker', name, what, mutate, restore: RESTORE_BROKER, caughtBy, ...rest };
}

/** Options of mosquitto.conf(5) that silently remove a feature. */
export function optionMutants({ broker }: Lab): DeploymentMutant[] {
  return [
    onBroker('options.max-qos-1', 'the broker accepts only QoS 0 and 1', setOption('max_qos', '1'), [
      'qos.this-machine.q2',
      'qos.host-to-pi.q2',
    ]),
    onBroker('options.max-qos-0', 'the broker accepts only QoS 0', setOption('max_qos', '0'), [
      'qos.this-machine.q1',
      'qos.this-machine.q2',
    ]),
    onBroker('options.retained-off', 'the broker retains nothing', setOption('retain_available', 'false'), [
      'retained',
    ]),
    onBroker(
      'options.persistence-off',
      'the broker loses its data when it stops',
      setMainOption('persistence', 'false'),
      ['restart.stop.session', 'restart.stop.queue', 'restart.stop.retained'],
      { scope: 'disruptive' },
    ),
    onBroker(
      'options.queue-1',
      'the broker queues one message for an offline client (0 would be no limit, mosquitto.conf(5))',
      setOption('max_queued_messages', '1'),
      ['session.offline.q1', 'session.offline.q2'],
    ),
    onBroker(
      'options.message-size',
      'the broker accepts payloads of at most 64 bytes',
      setOption('message_size_limit', '64'),
      ['qos.this-machine'],
    ),
    onBroker(
      'options.keep-alive',
      `the longest keep alive is 10 s, not the lab file's ${broker.maxKeepAlive} s`,
      setOption('max_keepalive', '10'),
      ['keepalive.limit.v5'],
    ),
    onBroker(
      'network.loopback',
      'the broker listens only on its loopback interface',
      `sed -i 's/^listener .*/& 127.0.0.1/' ${LAB_CONF}\nrestart`,
      ['reach.this-machine', 'reach.pi'],
    ),
    onBroker(
      'network.second-listener',
      'a second port accepts clients without a user name',
      `grep -v '^listener\\|^allow_anonymous' ${LAB_CONF} >/tmp/rest
{ echo 'per_listener_settings true'; grep '^listener' ${LAB_CONF}; cat /tmp/rest
echo 'allow_anonymous false'; echo 'listener ${broker.port + 1}'; echo 'allow_anonymous true'; } >/tmp/both
cat /tmp/both >${LAB_CONF}
rm /tmp/rest /tmp/both
restart`,
      ['install.listeners'],
    ),
  ];
}
