import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { labelled } from './support/container.ts';
import { ownLab } from './support/own-lab.ts';

const theLab = ownLab('commands', {}, { installed: true });

/** Checks from this machine and from the Pi that take next to no time. */
const FEW = 'auth.anonymous,install';

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
  t.regex(first.stdout, /^hosts: [1-9]\d* changed$/m);
  // its object must agree with results.schema.json
  const second = await lab.run(['up', '--no-verify', '--json']);
  t.is(second.code, 0, second.all);
  t.regex(second.stderr, /^hosts: 0 changed$/m);
  // the time that the look took, since there was nothing else
  t.regex(second.stderr, /^ {2}pi +ok +(?!0\.0 )\d+\.\d s$/m);
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

test.serial('verify writes JUnit XML and a summary to their files, and TAP to standard output', async (t) => {
  const lab = theLab();
  const files = ['--junit', 'out.xml', '--summary', 'out.md'];
  const { code, stdout, all } = await lab.run(['verify', '--only', FEW, '--tap', ...files]);
  t.is(code, 0, all);
  t.regex(await readFile(path.join(lab.folder, 'out.md'), 'utf8'), /^## `test-.*`: ✓ passed\n\n\*\*\d+ passed\*\* in /);
  const [version, plan, ...points] = stdout.trimEnd().split('\n');
  t.is(version, 'TAP version 14');
  t.is(plan, `1..${points.length}`);
  for (const [index, point] of points.entries())
    t.regex(point, new RegExp(`^ok ${index + 1} - (auth\\.anonymous|install)\\.`));
  const document = await readFile(path.join(lab.folder, 'out.xml'), 'utf8');
  t.is(document.match(/<testcase /g)?.length, points.length);
  const runs = path.join(lab.folder, '.lab', 'runs');
  const [run = ''] = await readdir(runs);
  t.is(await readFile(path.join(runs, run, 'junit.xml'), 'utf8'), document);
  t.deepEqual((await readdir(path.join(runs, run))).sort(), [
    'junit.xml',
    'records.jsonl',
    'report.html',
    'results.json',
  ]);
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

test.serial('subscribe prints what publish sends, until Ctrl-C', async (t) => {
  const reader = theLab().start(['subscribe', '--as', 'alice', 'status', '--debug']);
  await reader.shows(/← SUBACK/);
  const sent = await theLab().run(['publish', '--as', 'sam', 'status', 'hello', '--qos', '1']);
  t.is(sent.code, 0, sent.all);
  await reader.shows(/^hello$/m);
  reader.interrupt();
  t.is((await reader.ended).code, 130);
  const denied = await theLab().run(['publish', '--as', 'sam', 'nowhere', 'x', '--qos', '1', '--mqtt', '5']);
  t.is(denied.code, 1);
  t.regex(denied.stderr, /publish to nowhere: the broker denied it with code 0x87 \(not authorised\)\n {2}try: /);
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
