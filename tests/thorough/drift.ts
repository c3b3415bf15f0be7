import test, { type ExecutionContext } from 'ava';
import * as z from 'zod';
import { ownLab } from '../lab/support/own-lab.ts';
import { startOnTerminal } from '../lab/support/terminal.ts';
import { everything } from '../lab/support/untouched.ts';

const theLab = ownLab('drift');
const broker = () => theLab().container('broker');
const CONF = '/etc/mosquitto/conf.d/lab.conf';
const PASSWD = '/etc/mosquitto/lab.passwd';
const ACL = '/etc/mosquitto/lab.acl';
const STOP = `pid=$(cat /run/mosquitto/mosquitto.pid) && kill $pid && while [ -e /proc/$pid ] && ! grep -q 'State:.Z' /proc/$pid/status; do sleep 0.05; done`;
const BY_HAND =
  'rm -f /run/mosquitto/mosquitto.pid && mosquitto -d -c /etc/mosquitto/mosquitto.conf </dev/null >/dev/null 2>&1';

const Items = z.array(
  z.object({ action: z.string(), kind: z.string(), name: z.string(), detail: z.string().optional() }),
);
const PlanJson = z.object({
  changes: z.number(),
  docker: Items,
  hosts: z.array(z.object({ host: z.string(), items: Items })),
});

/** What `plan` would change, a line each: `broker change file /etc/mosquitto/lab.acl (mode)`. */
async function planned(t: ExecutionContext, ...args: string[]): Promise<string[]> {
  const { code, stdout, all } = await theLab().run(['plan', '--json', '--exit-code', ...args]);
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
async function repairs(t: ExecutionContext, changes: readonly string[], ...args: string[]): Promise<void> {
  t.deepEqual(await planned(t, ...args), changes);
  const up = await theLab().run(['up', '--no-verify', '--yes', ...args]);
  t.is(up.code, 0, up.all);
  t.deepEqual(await planned(t), []);
}

/** `plan` leaves the machines, their containers and the lab's folder as they are, to the last inode. */
async function leavesAll(t: ExecutionContext, machines: readonly string[]): Promise<void> {
  const before = await everything(theLab(), machines);
  await planned(t);
  const after = new Set(await everything(theLab(), machines));
  t.is(after.size, new Set(before).size);
  t.deepEqual(
    before.filter((line) => !after.has(line)),
    [],
  );
}

const files = (conf: string, passwd: string, acl: string) => [
  `broker ${conf.includes('missing') ? 'create' : 'change'} file ${CONF} (${conf})`,
  `broker ${passwd.includes('missing') ? 'create' : 'change'} file ${PASSWD} (${passwd})`,
  `broker ${acl.includes('missing') ? 'create' : 'change'} file ${ACL} (${acl})`,
];
const service = (detail: string) => `broker ${detail === 'start' ? 'create' : 'change'} service mosquitto (${detail})`;
const UNKNOWN = service('restart: it is unknown which files it has loaded');

test.serial('a lab that is up has an empty plan, and plan touches nothing', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.deepEqual(await planned(t), []);
  await leavesAll(t, ['broker', 'pi']);
});

/** [what is done to lab.conf, lab.passwd and lab.acl, and to the broker; what the plan says of each] */
const drifts: readonly (readonly [script: string, changes: readonly string[]])[] = [
  [
    `echo 'allow_anonymous true' >>${CONF}; rm ${PASSWD}; chmod 644 ${ACL}`,
    // lab.conf comes back to what is loaded; a password's new entry has a new salt
    [...files('content', 'missing', 'mode'), service('reload: users changed')],
  ],
  [
    `rm ${CONF}; chmod 640 ${PASSWD}; chown root ${ACL}; ${STOP}`,
    [...files('missing', 'mode', 'owner'), service('start')],
  ],
  [
    `chmod 666 ${CONF}; chgrp root ${PASSWD}; rm ${ACL}; kill -9 $(cat /run/mosquitto/mosquitto.pid)`,
    [...files('mode', 'owner', 'missing'), service('start')],
  ],
  [
    `chown root:root ${CONF}; sed -i 's/^sam:.*/sam:plain/' ${PASSWD}; echo 'topic #' >>${ACL}; ${STOP}; ${BY_HAND}`,
    [...files('owner', 'content', 'content'), UNKNOWN],
  ],
  [
    `mv ${CONF} /root/conf && ln -s /root/conf ${CONF}; rm ${PASSWD} && mkfifo ${PASSWD}; ln -sf /etc/passwd ${ACL}`,
    [...files('is a symbolic link', 'is a fifo', 'is a symbolic link'), service('reload: users changed')],
  ],
];

for (const [index, [script, changes]] of drifts.entries()) {
  test.serial(`drift of files: ${script.replaceAll('/etc/mosquitto/', '')}`, async (t) => {
    await broker().shell(script);
    if (index === 0) await leavesAll(t, ['broker', 'pi']);
    await repairs(t, changes);
  });
}

test.serial('a broker that a person started with the current files has loaded them', async (t) => {
  // the two clocks that `up` compares are at most a second apart
  const settled = `while [ "$(($(date +%s) - $(stat -c %Z ${ACL})))" -lt 3 ]; do sleep 0.1; done`;
  await broker().shell(`${STOP}; ${settled}; ${BY_HAND}`);
  t.deepEqual(await planned(t), []);
});

test.serial('finds a change by hand that the broker has not loaded', async (t) => {
  await broker().shell(`cp -p ${ACL} /tmp/acl && cat /tmp/acl >${ACL}`);
  await repairs(t, [UNKNOWN]);
});

test.serial("another password in lab.yaml, and a foreign broker in place of the lab's", async (t) => {
  await theLab().write({ users: { sam: { password: 'changed' }, alice: { password: 'alice' } } });
  await broker().shell(`${STOP}; mosquitto -d -p 19999 </dev/null >/dev/null 2>&1`);
  await repairs(t, [`broker change file ${PASSWD} (content)`, service('start')]);
});

test.serial('a clean machine: packages, files and broker gone', async (t) => {
  const purge = 'dpkg --purge mosquitto mosquitto-clients >/dev/null 2>&1';
  await broker().shell(`${STOP}; ${purge}; rm -rf /etc/mosquitto /run/mqtt-lab`);
  await leavesAll(t, ['broker', 'pi']);
  await repairs(t, [
    'broker create package mosquitto',
    'broker create package mosquitto-clients',
    ...files('missing', 'missing', 'missing'),
    service('start'),
  ]);
});

test.serial('a container stopped, one that the lab file no longer has, and one that it has now', async (t) => {
  const lab = theLab();
  await lab.write({
    pis: { other: { host: 'container' } },
    users: { sam: { password: 'changed' }, alice: { password: 'alice' } },
  });
  const terminal = startOnTerminal(['up', '--no-verify'], { cwd: lab.folder, env: {} });
  await terminal.answer(/The plan removes one thing\. Continue\? \[Y\/n\] /, 'n');
  const { code, shown } = await terminal.ended;
  t.is(code, 1, shown);
  t.regex(shown, /cancelled; nothing was changed/);
  const dry = await lab.run(['up', '--dry-run']);
  t.is(dry.code, 0, dry.all);
  t.is(dry.stdout, (await lab.run(['plan'])).stdout);
  await broker().kill();
  await repairs(t, [
    'docker remove container pi (the lab file no longer has it)',
    'broker change container broker (start: its state is "exited")',
    'broker unknown host what it contains (known once it runs)',
    'other create container other',
    'other create package mosquitto-clients',
    'other create package python3-paho-mqtt',
  ]);
});
