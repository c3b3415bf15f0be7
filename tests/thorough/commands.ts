import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import * as z from 'zod';
import { ignoreFailure } from '../../base/errors.ts';
import { labelled } from '../lab/support/container.ts';
import type { TestLab } from '../lab/support/lab.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { startOnTerminal } from '../lab/support/terminal.ts';
import { until } from '../lab/support/until.ts';

const theLab = ownLab('commands', {}, { installed: true });

/** Checks from this machine and from the Pi that take next to no time. */
const FEW = 'auth.anonymous,install';

/** Folders of the lab's runs, the oldest first. */
/** The folders of the lab's runs, oldest first; none before the first run. */
async function runsOf(lab: TestLab): Promise<string[]> {
  const folder = path.join(lab.folder, '.lab', 'runs');
  return ((await ignoreFailure(readdir(folder))) ?? []).sort().map((name) => path.join(folder, name));
}

test.serial('status before the first up: no container runs, exit code 1', async (t) => {
  const lab = theLab();
  const { code, stdout } = await lab.run(['status']);
  t.is(code, 1);
  t.regex(stdout, /✗ broker +the container is not running/);
  t.regex(stdout, /✗ pi +the container is not running/);
});

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

test.serial(
  'verify --tap that cannot run bails out; --junit in a missing folder is refused before the run',
  async (t) => {
    const lab = theLab();
    const before = (await runsOf(lab)).length;
    const bailed = await lab.run(['verify', '--only', 'nothing', '--tap']);
    t.is(bailed.code, 2);
    t.regex(bailed.stdout, /^TAP version 14\nBail out! --only nothing: no check has such an id; ids begin with .*\n$/);
    const half = await lab.run(['verify', '--only', `${FEW},nonsense,restart`]);
    t.is(half.code, 2);
    t.regex(
      half.stderr,
      /^--only nonsense: no check has such an id.*\n--only restart: such checks run with --disruptive only$/m,
    );
    t.is((await runsOf(lab)).length, before);
    const nowhere = await lab.run(['verify', '--only', FEW, '--junit', 'no/such/out.xml']);
    t.like(nowhere, { code: 2, stdout: '' });
    t.regex(nowhere.stderr, /^--junit no\/such\/out\.xml: there is no folder /m);
    t.is((await runsOf(lab)).length, before);
  },
);

const Repeated = z.object({
  verdict: z.literal('pass'),
  counts: z.object({ pass: z.number() }),
  checks: z.array(z.object({ id: z.string(), host: z.string(), versions: z.object({ broker: z.string() }) })),
  environment: z.object({ scope: z.string(), broker: z.object({ version: z.string() }) }),
  runs: z.array(z.object({ counts: z.object({ pass: z.number() }), folder: z.string(), durationMs: z.number() })),
});

test.serial('verify --repeat: a line and a folder for each run, one object for all', async (t) => {
  const lab = theLab();
  const before = await runsOf(lab);
  const { code, stdout, stderr } = await lab.run(['verify', '--quick', '--only', FEW, '--repeat', '2', '--json']);
  t.is(code, 0, stderr);
  const { runs, checks, counts, environment } = Repeated.parse(JSON.parse(stdout));
  t.deepEqual(
    runs.map(({ folder }) => folder),
    (await runsOf(lab)).slice(before.length),
  );
  t.deepEqual(
    runs.map((run) => run.counts.pass),
    [checks.length, checks.length],
  );
  t.is(counts.pass, 2 * checks.length);
  t.deepEqual([...new Set(checks.map(({ host }) => host))].sort(), ['broker', 'pi', 'this machine']);
  t.true(checks.every(({ versions }) => versions.broker === 'mosquitto 2.0.11'));
  t.like(environment, { scope: 'quick', broker: { version: 'mosquitto 2.0.11' } });
  t.regex(stderr, /^✓ run 1 of 2 in [\d.]+ s: \d+ passed\n✓ run 2 of 2 .*\n✓ 2 runs in [\d.]+ s: 2 passed, 0 failed$/m);
  const comparison = await theLab().run(['compare', '--json']);
  t.is(comparison.code, 0, comparison.all);
  t.like(JSON.parse(comparison.stdout), { verdict: 'pass', common: checks.length });
});

test.serial('verify --repeat that is interrupted reports the runs so far', async (t) => {
  const command = theLab().start(['verify', '--only', FEW, '--repeat', '1000']);
  await command.shows(/run 1 of 1000/);
  command.interrupt();
  const { code, stdout, all } = await command.ended;
  t.is(code, 130, all);
  t.regex(stdout, /^✗ \d+ runs? of 1000, interrupted, in [\d.]+ s: \d+ passed, 0 failed$/m);
});

test.serial('status of a stopped container: exit code 1, and up starts it again', async (t) => {
  const lab = theLab();
  await lab.container('pi').kill();
  const { code, stdout } = await lab.run(['status']);
  t.is(code, 1);
  t.regex(stdout, /✓ broker/);
  t.regex(stdout, /✗ pi +the container is not running/);
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^hosts: 1 changed$/m);
  t.is((await lab.run(['status'])).code, 0);
});

test.serial('up creates a container again whose sshd cannot start', async (t) => {
  const lab = theLab();
  const pi = lab.container('pi');
  await pi.shell('echo no key >/etc/ssh/ssh_host_ed25519_key; kill 1');
  await until('the container that starts again and again', 30_000, async () => {
    return (await pi.inspect()).State.Status === 'restarting' ? true : undefined;
  });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /pi +~ start the container/);
});

test.serial('status of a broker that was ended: exit code 1, and up starts it again', async (t) => {
  const lab = theLab();
  await lab.container('broker').shell('kill $(pgrep -x mosquitto || cat /run/mosquitto/mosquitto.pid)');
  const { code, stdout } = await lab.run(['status']);
  t.is(code, 1);
  t.regex(stdout, /! broker +the broker is not running/);
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /broker +~ start the broker/);
});

test.serial('up removes the container of a Pi that is no longer in the lab file, and nothing else', async (t) => {
  const lab = theLab();
  await lab.write({ pis: {} });
  const terminal = startOnTerminal(['up', '--no-verify'], { cwd: lab.folder, env: {} });
  await terminal.answer(/The plan removes one thing\. Continue\? \[Y\/n\] /, 'y');
  const up = await terminal.ended;
  t.is(up.code, 0, up.shown);
  t.deepEqual(
    (await labelled(lab.name)).filter((thing) => thing.startsWith('container')),
    [`container mqtt-lab-${lab.name}-broker`],
  );
  await lab.write({});
  const back = await lab.run(['up', '--no-verify']);
  t.is(back.code, 0, back.all);
  t.notRegex(back.stdout, /broker +~/);
});
