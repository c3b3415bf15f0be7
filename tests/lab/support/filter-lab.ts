import type { ExecutionContext } from 'ava';
import { PORT, type TestLab } from './lab.ts';
import { verify } from './verified.ts';

const user = (name: string) => [name, { password: name }];

/** A lab with filters of every kind, and no Pi. */
export const FILTER_LAB = {
  broker: { host: 'container', port: PORT },
  pis: {},
  users: Object.fromEntries(['hall', 'kitchen', 'dashboard', 'admin'].map(user)),
  groups: { sensors: ['hall', 'kitchen'] },
  topics: {
    'home/+/temperature': { publish: ['sensors'], subscribe: ['dashboard'] },
    'home/#': { subscribe: ['admin'] },
    'devices/%u/#': { publish: ['all'], subscribe: ['all', 'admin'] },
    'clients/%c/state': { publish: ['all'], subscribe: ['all'] },
    'home/secret/temperature': { deny: ['dashboard'] },
    '$SYS/#': { subscribe: ['admin'] },
  },
};

/** Changes lab.acl by sed(1), runs the checks whose ids begin with `failing`, expects that one fails, and restores the file. */
export async function finds(t: ExecutionContext, lab: TestLab, change: string, failing: string): Promise<void> {
  const broker = lab.container('broker');
  const reload = 'kill -s HUP "$(cat /run/mosquitto/mosquitto.pid)"';
  await broker.shell(`cp -p /etc/mosquitto/lab.acl /root/lab.acl
sed -i '${change}' /etc/mosquitto/lab.acl
if cmp -s /root/lab.acl /etc/mosquitto/lab.acl; then exit 1; fi
${reload}`);
  try {
    const { code, checks } = await verify(lab, ['--quick', '--only', `${failing}*`], { boundMs: 300_000 });
    t.is(code, 1);
    const failed = [...checks].flatMap(([id, verdict]) => (verdict === 'fail' ? [id] : []));
    t.true(
      failed.some((id) => id.startsWith(failing)),
      failed.join(', '),
    );
  } finally {
    await broker.shell(`cp -p /root/lab.acl /etc/mosquitto/lab.acl && ${reload}`);
  }
}
