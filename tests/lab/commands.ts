import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import * as z from 'zod';
import { labelled } from './support/container.ts';
import type { TestLab } from './support/lab.ts';
import { ownLab } from './support/own-lab.ts';
import { startOnTerminal } from './support/terminal.ts';
import { until } from './support/until.ts';

const theLab = ownLab('commands');

/** Checks from this machine and from the Pi that take next to no time. */
const FEW = 'auth.anonymous,install';

/** Folders of the lab's runs, the oldest first. */
async function runsOf(lab: TestLab): Promise<string[]> {
  const folder = path.join(lab.folder, '.lab', 'runs');
  return (await readdir(folder)).sort().map((name) => path.join(folder, name));
}

test.serial('status before the first up: no container runs, exit code 1', async (t) => {
  const lab = theLab();
  const { code, stdout } = await lab.run(['status']);
  t.is(code, 1);
  t.regex(stdout, /✗ broker +the container is not running/);
  t.regex(stdout, /✗ pi +the container is not running/);
});

test.serial('verify before the first up: says what is not running, exit code 2', async (t) => {
  const lab = theLab();
  const { code, stderr } = await lab.run(['verify']);
  t.is(code, 2);
  t.regex(stderr, /find the containers: broker, pi are not running\n {2}try: \.\/lab up/);
});

test.serial('up makes the machines, a second up changes nothing', async (t) => {
  const lab = theLab();
  const first = await lab.run(['up', '--no-verify']);
  t.is(first.code, 0, first.all);
  t.regex(first.stdout, /^hosts: 6 changed$/m);
  const second = await lab.run(['up', '--no-verify']);
  t.is(second.code, 0, second.all);
  t.regex(second.stdout, /^hosts: 0 changed$/m);
  // the time that the look took, since there was nothing else
  t.regex(second.stdout, /^ {2}pi +ok +(?!0\.0 )\d+\.\d s$/m);
});

test.serial('the key is for its owner only', async (t) => {
  const lab = theLab();
  const mode = async (...names: string[]) => ((await stat(path.join(lab.folder, ...names))).mode & 0o777).toString(8);
  t.is(await mode('.lab'), '700');
  t.is(await mode('.lab', 'keys'), '700');
  t.is(await mode('.lab', 'keys', lab.name), '600');
});

test.serial('status of a lab that is up shows systems and versions', async (t) => {
  const lab = theLab();
  const { code, stdout } = await lab.run(['status']);
  t.is(code, 0);
  t.regex(stdout, /✓ broker +the broker is running \(process \d+\)/);
  t.regex(stdout, /container, ssh on 127\.0\.0\.1:\d+, Debian GNU\/Linux 12/);
  t.regex(stdout, /mosquitto 2\.0\.11/);
  const json = await lab.run(['status', '--json']);
  t.like(JSON.parse(json.stdout), {
    lab: lab.name,
    hosts: [
      { host: 'broker', state: 'up' },
      { host: 'pi', state: 'up' },
    ],
  });
});

test.serial('verify writes JUnit XML to the file of --junit, and TAP to standard output', async (t) => {
  const lab = theLab();
  const { code, stdout, all } = await lab.run(['verify', '--only', FEW, '--tap', '--junit', 'out.xml']);
  t.is(code, 0, all);
  const [version, plan, ...points] = stdout.trimEnd().split('\n');
  t.is(version, 'TAP version 14');
  t.is(plan, `1..${points.length}`);
  for (const [index, point] of points.entries())
    t.regex(point, new RegExp(`^ok ${index + 1} - (auth\\.anonymous|install)\\.`));
  const document = await readFile(path.join(lab.folder, 'out.xml'), 'utf8');
  t.is(document.match(/<testcase /g)?.length, points.length);
  const [run = ''] = (await runsOf(lab)).slice(-1);
  t.is(await readFile(path.join(run, 'junit.xml'), 'utf8'), document);
  t.deepEqual((await readdir(run)).sort(), ['junit.xml', 'records.jsonl', 'report.html', 'results.json']);
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
});

test.serial('verify --repeat that is interrupted reports the runs so far', async (t) => {
  const command = theLab().start(['verify', '--only', FEW, '--repeat', '1000']);
  await command.shows(/run 1 of 1000/);
  command.interrupt();
  const { code, stdout, all } = await command.ended;
  t.is(code, 130, all);
  t.regex(stdout, /^✗ \d+ runs? of 1000, interrupted, in [\d.]+ s: \d+ passed, 0 failed$/m);
});

test.serial("ssh gives the command's exit code, output and input", async (t) => {
  const lab = theLab();
  const failing = await lab.run(['ssh', 'pi', 'exit 7']);
  t.is(failing.code, 7);
  const both = await lab.run(['ssh', 'pi', 'id -un; hostname; echo an error >&2']);
  t.like(both, { code: 0, stdout: 'pi\npi\n', stderr: 'an error\n' });
  const input = await lab.run(['ssh', 'pi', 'sha256sum'], { input: 'through the pipe' });
  t.regex(input.stdout, /^[0-9a-f]{64} {2}-\n$/);
  t.is((await lab.run(['ssh', 'broker', 'id -un'])).stdout, 'debian\n');
  // the first word is no machine's name, so it is a command for the first Pi
  t.is((await lab.run(['ssh', 'hostname'])).stdout, 'pi\n');
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

test.serial('down removes containers, network, images and key; a second down finds nothing', async (t) => {
  const lab = theLab();
  t.deepEqual(await labelled(lab.name), [
    `container mqtt-lab-${lab.name}-broker`,
    `container mqtt-lab-${lab.name}-pi`,
    `image mqtt-lab/${lab.name}-debian:12`,
    `image mqtt-lab/${lab.name}-pi:12`,
    `network mqtt-lab-${lab.name}`,
  ]);
  const first = await lab.run(['down']);
  t.like(first, { code: 0, stdout: 'removed: 2 containers, 1 networks, 2 images\n' });
  t.deepEqual(await labelled(lab.name), []);
  t.deepEqual(await readdir(path.join(lab.folder, '.lab', 'keys')), []);
  const second = await lab.run(['down']);
  t.like(second, { code: 0, stdout: 'removed: 0 containers, 0 networks, 0 images\n' });
});
