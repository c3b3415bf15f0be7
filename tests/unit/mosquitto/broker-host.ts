import test from 'ava';
import { brokerHost } from '../../../mosquitto/broker-host.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const CHANGES = ['packages', 'main file', 'configuration', 'data backup', 'service'];

/** [the lab file's broker; whether --take-over is given; the resources in order] */
const rows: readonly (readonly [broker: string, takeOver: boolean, ids: readonly string[]])[] = [
  ['', false, ['system', 'preflight', 'backup', ...CHANGES]],
  ['', true, ['system', 'preflight', 'backup', 'take over', ...CHANGES]],
  // `down` removes a container whole
  ['broker: { host: container }', false, ['system', 'preflight', 'packages', 'main file', 'configuration', 'service']],
];

for (const [broker, takeOver, ids] of rows) {
  test(`orders the resources of ${broker || 'a host'}${takeOver ? ' with --take-over' : ''}`, (t) => {
    const resources = brokerHost(labOf(`${TWO_USERS}${broker}`), { takeOver });
    t.deepEqual(
      resources.map(({ id }) => id),
      ids,
    );
  });
}
