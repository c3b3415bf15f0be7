import type { ExecutionContext } from 'ava';
import * as z from 'zod';
import type { TestLab } from './lab.ts';
import { everything } from './untouched.ts';

export const CONF = '/etc/mosquitto/conf.d/lab.conf';
export const PASSWD = '/etc/mosquitto/lab.passwd';
export const ACL = '/etc/mosquitto/lab.acl';

const Items = z.array(
  z.object({ action: z.string(), kind: z.string(), name: z.string(), detail: z.string().optional() }),
);
const PlanJson = z.object({
  changes: z.number(),
  docker: Items,
  hosts: z.array(z.object({ host: z.string(), items: Items })),
});

/** What `plan` would change, a line each: `broker change file /etc/mosquitto/lab.acl (mode)`. */
export async function planned(t: ExecutionContext, lab: TestLab): Promise<string[]> {
  const { code, stdout, all } = await lab.run(['plan', '--json', '--exit-code']);
  const { docker, hosts } = PlanJson.parse(JSON.parse(stdout));
  const lines = [{ host: 'docker', items: docker }, ...hosts].flatMap(({ host, items }) =>
    items
      .filter(({ action }) => action !== 'unchanged')
      .map(
        ({ action, kind, name, detail }) =>
          `${host} ${action} ${kind} ${name}${detail === undefined ? '' : ` (${detail})`}`,
      ),
  );
  t.is(code, lines.length === 0 ? 0 : 1, all);
  return lines;
}

/** The plan has these changes and no others, `up` makes them, and after it nothing is left to do. */
export async function repairs(t: ExecutionContext, lab: TestLab, changes: readonly string[]): Promise<void> {
  t.deepEqual(await planned(t, lab), changes);
  const up = await lab.run(['up', '--no-verify', '--yes']);
  t.is(up.code, 0, up.all);
  t.deepEqual(await planned(t, lab), []);
}

/** `plan` leaves the machines, their containers and the lab's folder as they are, to the last inode. */
export async function leavesAll(t: ExecutionContext, lab: TestLab, machines: readonly string[]): Promise<void> {
  const before = await everything(lab, machines);
  await planned(t, lab);
  const after = new Set(await everything(lab, machines));
  t.is(after.size, new Set(before).size);
  t.deepEqual(
    before.filter((line) => !after.has(line)),
    [],
  );
}

/** The plan's lines for the broker's files. */
export const files = (conf: string, passwd: string, acl: string) => [
  `broker ${conf.includes('missing') ? 'create' : 'change'} file ${CONF} (${conf})`,
  `broker ${passwd.includes('missing') ? 'create' : 'change'} file ${PASSWD} (${passwd})`,
  `broker ${acl.includes('missing') ? 'create' : 'change'} file ${ACL} (${acl})`,
];
export const service = (detail: string) =>
  `broker ${detail === 'start' ? 'create' : 'change'} service mosquitto (${detail})`;
