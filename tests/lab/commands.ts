import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type { Settings } from '../../live/protocol.ts';
import { hop } from '../../probes/mqtt/hop.ts';
import { connectSession } from '../../probes/mqtt/session.ts';
import { labelled } from './support/container.ts';
import { PORT } from './support/lab.ts';
import { openLiveView } from './support/live-view.ts';
import { ownLab } from './support/own-lab.ts';
import { until } from './support/until.ts';

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

const liveSettings = {
  ...{ program: 'mqtt.js', place: '', version: 4, clean: true, keepAlive: 5, listener: PORT },
} as const satisfies Partial<Settings>;
const alice: Settings = { ...liveSettings, user: 'alice', subscription: { filter: 'status', qos: 0 } };
const sam: Settings = {
  ...{ ...liveSettings, user: 'sam', place: 'pi', program: 'paho' },
  will: { topic: 'status', payload: 'sam is gone', qos: 1, retain: false },
};
const CUTS = '{ nft list tables; iptables -S; } 2>/dev/null | grep mqttlab; true';

test.serial(
  'live shows the packets of both hops, and the will of a client on the Pi whose cable is pulled',
  async (t) => {
    const lab = theLab();
    await using view = await openLiveView(lab);
    const second = await lab.run(['live', '--no-open']);
    t.is(second.code, 2, second.all);
    t.regex(second.stderr, /process \d+ \(\.\/lab live --no-open, since .*\)/);
    await view.send({ do: 'connect', side: 'subscriber', settings: alice });
    await view.packet('subscriber', { type: 'SUBACK' });
    await view.send({ do: 'connect', side: 'publisher', settings: sam });
    await view.packet('publisher', { type: 'CONNACK', code: 0 });
    const { seq } = await view.words(/^sam connected/);
    await view.send({ do: 'publish', topic: 'status', payload: 'hello', qos: 2, retain: false });
    await view.packet('publisher', { type: 'PUBCOMP' });
    await view.words(
      /^alice subscribed to status at QoS 0, so the broker sent alice a copy at QoS 0: .* sam's own hop kept QoS 2/,
    );
    const drawn = view.events.flatMap((event) =>
      event.is === 'packet' && event.seq > seq && event.packet.type.startsWith('PUB') ? [event] : [],
    );
    for (const [side, qos] of [
      ['publisher', 2],
      ['subscriber', 0],
    ] as const) {
      t.deepEqual(
        drawn
          .filter((event) => event.side === side)
          .map(({ packet: { direction, type, bytes } }) => ({ direction, type, bytes })),
        hop(side, { qos, topic: 'status', payloadBytes: 5 }),
      );
    }
    await view.send({ do: 'cut', side: 'publisher' });
    t.regex(await lab.container('pi').shell(CUTS), /mqttlab/);
    await view.packet('subscriber', { type: 'PUBLISH', payload: 'sam is gone' });
    await view.words(/^The broker published sam's last will/);
    await view.send({ do: 'plug', side: 'publisher' });
    t.is(await lab.container('pi').shell(CUTS), '');
    await view.send({ do: 'save', student: 'Ada' });
    const saved = await view.event((event) => event.is === 'saved', 'the saved files');
    if (saved.is !== 'saved') return t.fail();
    const checked = await lab.run(['check-answers', saved.html]);
    t.is(checked.code, 1, checked.all);
    t.regex(checked.stdout, /Ada/);
    t.notRegex(checked.all, /contradicts itself/);
    t.regex(checked.stdout, /✓ holds, no prediction, no answer: 2\.2d /);
  },
);

test.serial('a live view that ends leaves no retained message and no session, and no last will comes', async (t) => {
  const lab = theLab();
  const view = await openLiveView(lab);
  await view.send({ do: 'connect', side: 'publisher', settings: { ...sam, ...liveSettings, clean: false } });
  const { packet } = await view.packet('publisher', { type: 'CONNECT' });
  await view.packet('publisher', { type: 'CONNACK', code: 0 });
  await view.send({ do: 'publish', topic: 'status', payload: 'kept', qos: 1, retain: true });
  await view.packet('publisher', { type: 'PUBACK' });
  const broker = lab.container('broker');
  const read = `mosquitto_sub -p ${PORT} -u alice -P alice -t status -v -C 3 -W`;
  const reading = broker.shell(`${read} 8 || true`);
  await until('the reader', 5_000, async () => {
    return /New client connected .* u'alice'/.test(await broker.shell('tail -n 2 /var/log/mosquitto/mosquitto.log'))
      ? true
      : undefined;
  });
  view.command.interrupt();
  t.is((await view.command.ended).code, 0);
  t.is(await reading, 'status kept\nstatus (null)\n');
  t.is(await broker.shell(`${read} 1 || true`), '');
  const at = { address: '127.0.0.1', port: await broker.published(PORT), clientId: packet.connect?.clientId ?? '' };
  // the clean one ends the session that the other one begins
  for (const clean of [false, true]) {
    const outcome = await connectSession({ ...at, clean, login: { user: 'sam', password: 'sam' } });
    if (outcome.kind !== 'accepted') return t.fail(outcome.kind);
    t.false(outcome.sessionPresent);
    await outcome.session.close();
  }
});

test.serial('a live view that is killed leaves no client, no cut and no lock', async (t) => {
  const lab = theLab();
  const pi = lab.container('pi');
  const view = await openLiveView(lab);
  await view.send({ do: 'connect', side: 'publisher', settings: sam });
  await view.packet('publisher', { type: 'CONNACK', code: 0 });
  await view.send({ do: 'cut', side: 'publisher' });
  t.regex(await pi.shell(CUTS), /mqttlab/);
  t.regex(await pi.shell(PROGRAMS), /python3/);
  process.kill(view.command.pid, 'SIGKILL');
  await view.command.ended;
  await until('the end of cut and client', 10_000, async () => {
    return `${await pi.shell(CUTS)}${await pi.shell(PROGRAMS)}` === '' ? true : undefined;
  });
  await using _next = await openLiveView(lab);
  t.pass();
});

const PROGRAMS = `for one in /proc/[0-9]*; do tr '\\0' ' ' <$one/cmdline 2>/dev/null | grep -o '^python3.*'; done; true`;

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
  t.like(first, { code: 0, stdout: 'removed: 2 containers, 1 network, 2 images\n' });
  t.deepEqual(await labelled(lab.name), []);
  t.deepEqual(await readdir(path.join(lab.folder, '.lab', 'keys')), []);
  const second = await lab.run(['down']);
  t.like(second, { code: 0, stdout: 'removed: 0 containers, 0 networks, 0 images\n' });
});
