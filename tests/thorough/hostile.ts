import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type { Outcome } from '../lab/support/command.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { PROJECT } from '../suite/child.ts';

/** A file that appears, in the working folder or in /tmp, when a name is executed as a command. */
const CANARY = `canary-${process.pid}`;
const COMMANDS = `$(touch ${CANARY})\`touch ${CANARY}\`'";touch ${CANARY};'"\\" & touch /tmp/${CANARY} | < > * ? [a] {b,c} ~ ! %s %n \\n \\`;
/** Marks of the tool's own, in case a host's answers are cut where a name stands. */
const MARKS = `END GROUP 1 \${PATH} <<END`;
// right-to-left override: what follows would stand before it
const BIDI = 'x\u202egnp.exe\u2066';
const PASSWORD = Array.from({ length: 0x7e - 0x20 + 1 }, (_, index) => String.fromCharCode(0x20 + index)).join('');

const USERS = [`-n --help ${COMMANDS}`, `${BIDI} ü🔑`, `sam ${MARKS}`];
const [DASH = '', , SAM = ''] = USERS;
const TOPICS = [`-t ${COMMANDS.replaceAll(/[+#]/g, '')}/%c3`, `${BIDI} ${MARKS}`];

const theLab = ownLab(
  'hostile',
  {
    users: Object.fromEntries(USERS.map((name) => [name, { password: PASSWORD }])),
    topics: Object.fromEntries(TOPICS.map((name) => [name, { publish: [DASH], subscribe: [SAM], lastWill: [DASH] }])),
    broker: { host: 'container', port: 18_830, options: { log_timestamp_format: `%H:%M:%S ${COMMANDS}` } },
  },
  { installed: true },
);

/** Neither controls nor what turns the direction of writing reach a terminal or a file of a report. */
const CONTROLS = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

test.serial('up, plan and the checks accept any names of the lab file', async (t) => {
  const lab = theLab();
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const plan = await lab.run(['plan', '--exit-code']);
  t.is(plan.code, 0, plan.all);
  const verify = await lab.run([
    'verify',
    '--only',
    'install,auth.accepted,acl.publish,acl.subscribe',
    '--junit',
    'junit.xml',
    '--summary',
    'summary.md',
  ]);
  t.is(verify.code, 0, verify.all);
  const summary = readFileSync(path.join(lab.folder, 'summary.md'), 'utf8');
  for (const line of summary.trimEnd().split('\n')) t.regex(line, /^($|## |\*\*|### |- )/);
  for (const outcome of [up, plan, verify]) harmless(t, outcome);
  // as a person would copy it
  const [command = ''] = /\.\/lab publish .*/.exec(up.stdout) ?? [];
  const { status, stderr } = spawnSync('sh', ['-c', command.replace('./lab', path.join(PROJECT, 'lab'))], {
    cwd: lab.folder,
  });
  t.is(status, 0, `${command}\n${stderr}`);
  await noCanary(t);
});

test.serial('what a host prints is shown and not executed', async (t) => {
  const lab = theLab();
  const [broker, pi] = [lab.container('broker'), lab.container('pi')];
  await broker.shell(`sed -i '/^PRETTY_NAME=/d' /usr/lib/os-release
printf 'PRETTY_NAME="Debian \\033]0;title\\007\\033[2J \\\\$(touch ${CANARY})"\\n' >>/usr/lib/os-release
printf 'allow_anonymous true\\n\\033[31m\\r$(touch ${CANARY})\\302\\233\\n' >>/etc/mosquitto/conf.d/lab.conf
printf 'x:\\033[31m:y\\n' >>/etc/mosquitto/lab.passwd`);
  const plan = await lab.run(['plan']);
  t.is(plan.code, 0, plan.all);
  t.true(plan.stdout.includes(`-\\x1b[31m\\x0d$(touch ${CANARY})\\x9b`), plan.stdout);
  const status = await lab.run(['status']);
  t.true(status.stdout.includes('Debian \\x1b]0;title\\x07\\x1b[2J'), status.all);
  // a listener whose command line would be an answer of its own
  await pi.shell(`cat >/tmp/listen.py <<'END'
import socket, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("", 1883)); s.listen(); open("/tmp/listens", "w").close(); time.sleep(600)
END
setsid python3 /tmp/listen.py "$(printf 'x\\nfile /etc/passwd\\033[2J')" '$(touch ${CANARY})' >/dev/null 2>&1 </dev/null &
until [ -e /tmp/listens ]; do sleep 0.02; done`);
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 1, up.all);
  t.regex(
    up.stdout,
    /another program holds a broker's port on this Pi:\n +process \d+ python3 \/tmp\/listen\.py x file \/etc\/passwd \[2J/,
  );
  const json = await lab.run(['status', '--json']);
  for (const outcome of [plan, status, up, json]) harmless(t, outcome);
  await noCanary(t);
});

function harmless(t: { false(actual: boolean, message: string): unknown }, { all }: Outcome): void {
  t.false(
    CONTROLS.test(all),
    JSON.stringify(
      all
        .split('\n')
        .filter((line) => CONTROLS.test(line))
        .slice(0, 3),
    ),
  );
}

/** Looks on this machine, where commands of the lab run, in its records, and on the lab's machines. */
async function noCanary(t: { deepEqual(actual: unknown, expected: unknown): unknown }): Promise<void> {
  const lab = theLab();
  const folders = [lab.folder, process.cwd(), tmpdir(), '/tmp', homedir(), '/'];
  const here = folders.map((folder) => path.join(folder, CANARY)).filter((file) => existsSync(file));
  const there = await Promise.all(
    ['broker', 'pi'].map((name) => lab.container(name).shell(`find / -xdev -name '${CANARY}*' 2>/dev/null || true`)),
  );
  const reports = readdirSync(lab.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(html|xml|jsonl?)$/.test(name))
    .filter((name) => /(?![\n\t])\p{Cc}/u.test(readFileSync(path.join(lab.folder, name), 'utf8')));
  t.deepEqual({ here, there, reports }, { here: [], there: ['', ''], reports: [] });
}
