import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { labelled } from '../lab/support/container.ts';
import { FILE, type Point, pointText, recovers, victimise } from '../lab/support/kill-points.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { until } from '../lab/support/until.ts';

const theLab = ownLab('interrupted');
/** A command that is interrupted asks its hosts to end what it started there, and then ends. */
const END_MS = 15_000;
const INSTALLING = /broker +… install/;

test.serial('Ctrl-C while packages are installed: exit code 130, and no process is left', async (t) => {
  const lab = theLab();
  const mark = randomBytes(8).toString('hex');
  const up = lab.start(['up', '--no-verify'], { env: { LAB_TEST_MARK: mark } });
  await up.shows(INSTALLING);
  await until('apt-get on the broker host', END_MS, () => programRuns(lab.container('broker'), 'apt-get'));
  const begin = performance.now();
  up.interrupt();
  const { code, all } = await up.ended;
  t.is(code, 130, all);
  t.true(performance.now() - begin < END_MS);
  t.regex(all, /^broker +✗ install mosquitto, mosquitto-clients: interrupted$/m);
  t.regex(all, /: up: interrupted\n {2}try: run \.\/lab up again/m);
  t.deepEqual(await processesWith(`LAB_TEST_MARK=${mark}`), []);
  for (const machine of ['broker', 'pi']) {
    for (const program of ['apt-get', 'dpkg']) t.is(await programRuns(lab.container(machine), program), undefined);
  }
});

test.serial('the next up converges', async (t) => {
  const lab = theLab();
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.is(await lab.container('broker').shell('dpkg --audit'), '');
  const again = await lab.run(['up', '--no-verify']);
  t.regex(again.stdout, /^hosts: 0 changed$/m);
});

/** What the checks run on a host: clients, what reads the broker's log, and the shells around them. */
const CLIENTS = ['mosquitto_sub', 'mosquitto_pub', 'python3', 'tail'];

test.serial(
  'Ctrl-C while checks wait: exit code 130 within 2 s, no client is left, the retained message is restored',
  async (t) => {
    const lab = theLab();
    const retained = 'retained before';
    t.is((await lab.run(['publish', 'status', retained, '--as', 'sam', '--retain', '--qos', '1'])).code, 0);
    const mark = randomBytes(8).toString('hex');
    const verify = lab.start(['verify'], { env: { LAB_TEST_MARK: mark } });
    await until('a client on the Pi', 60_000, () => programRuns(lab.container('pi'), 'mosquitto_sub'));
    await verify.shows(/verify +\d+ of \d+ checks/);
    // what ends the clients are commands over SSH, which take longer on a busy machine
    const { ms: sshMs } = await lab.run(['ssh', 'pi', 'true']);
    const begin = performance.now();
    verify.interrupt();
    const { code, all } = await verify.ended;
    const ms = performance.now() - begin;
    t.is(code, 130, all);
    t.true(ms < Math.max(2_000, 4 * sshMs), `${ms} ms, ssh ${sshMs} ms`);
    t.regex(all, /^verify: .*: interrupted$/m);
    t.deepEqual(await processesWith(`LAB_TEST_MARK=${mark}`), []);
    for (const machine of ['broker', 'pi']) {
      for (const program of CLIENTS) t.is(await programRuns(lab.container(machine), program), undefined, program);
    }
    const reader = lab.start(['subscribe', 'status', '--as', 'alice']);
    await reader.shows(new RegExp(retained));
    reader.interrupt();
    t.is((await reader.ended).code, 130);
  },
);

test.serial('Ctrl-C while the configuration is tried: no half-written file, the broker keeps running', async (t) => {
  const lab = theLab();
  const broker = lab.container('broker');
  const before = await broker.shell('sha256sum /etc/mosquitto/conf.d/lab.conf; cat /run/mosquitto/mosquitto.pid');
  // an executable in front of the real one, that takes its time
  await broker.shell(
    "dpkg-divert --quiet --local --rename --add /usr/sbin/mosquitto && printf '#!/bin/sh\\nexec sleep 60\\n' >/usr/sbin/mosquitto && chmod 755 /usr/sbin/mosquitto",
  );
  await lab.write({ broker: { host: 'container', port: 18_830, options: { max_queued_messages: 77 } } });
  const up = lab.start(['up', '--no-verify']);
  await up.shows(/broker +… write/);
  await until('the trial', END_MS, () => programRuns(broker, 'sleep'));
  up.interrupt();
  t.is((await up.ended).code, 130);
  await broker.shell('rm /usr/sbin/mosquitto && dpkg-divert --quiet --local --rename --remove /usr/sbin/mosquitto');
  t.is(await broker.shell('sha256sum /etc/mosquitto/conf.d/lab.conf; cat /run/mosquitto/mosquitto.pid'), before);
  t.notRegex(await broker.shell('ls -A /etc/mosquitto /etc/mosquitto/conf.d'), /staged/);
  const again = await lab.run(['up', '--no-verify']);
  t.is(again.code, 0, again.all);
  t.regex(again.stdout, /broker +~ write \/etc\/mosquitto\/conf\.d\/lab\.conf \(content\)/);
});

test.serial("Ctrl-C while a container's sshd does not answer: exit code 130, and the container stays", async (t) => {
  const lab = theLab();
  const broker = lab.container('broker');
  const sshd = '/usr/sbin/sshd';
  await broker.shell(
    `mv ${sshd} ${sshd}.real && printf '#!/bin/sh\\nexec sleep 600\\n' >${sshd} && chmod 755 ${sshd}; kill 1`,
  );
  await until('the container without sshd', END_MS, () => programRuns(broker, 'sleep').catch(() => undefined));
  const { Id } = await broker.inspect();
  const up = lab.start(['up', '--no-verify']);
  await up.shows(/pi +✓ unchanged/);
  const begin = performance.now();
  up.interrupt();
  const { code, all } = await up.ended;
  t.is(code, 130, all);
  t.true(performance.now() - begin < END_MS);
  t.is((await broker.inspect()).Id, Id);
  await broker.shell(`mv ${sshd}.real ${sshd}`);
  await broker.kill();
  const again = await lab.run(['up', '--no-verify']);
  t.is(again.code, 0, again.all);
  t.is((await broker.inspect()).Id, Id);
});

test.serial('a container killed in the middle of up: host, step and what to try; the next up converges', async (t) => {
  const lab = theLab();
  t.is((await lab.run(['down', '--keep-images'])).code, 0);
  const up = lab.start(['up', '--no-verify']);
  await up.shows(INSTALLING);
  await lab.container('broker').kill();
  const { code, all } = await up.ended;
  t.is(code, 2, all);
  t.regex(all, /^broker: .*: the (connection|host) ended/m);
  t.regex(all, /^ {2}try: (run the command again|check that the host is still up, then run the command again)/m);
  // the Pi is another host, and goes on
  t.regex(all, /pi +✓ 2 changed/);
  const again = await lab.run(['up', '--no-verify']);
  t.is(again.code, 0, again.all);
  t.regex(again.all, /pi +✓ unchanged/);
  t.is(await lab.container('broker').shell('dpkg --audit'), '');
});

/** While apt works, so that the next run has something to repair; tests/slow/killed.ts has the other points. */
const POINT: Point = { victim: 'tool', step: 'install', chunk: 12 };

test.serial('kill -9 of up: the next up converges', async (t) => {
  await using machine = await victimise(theLab());
  await machine.blank();
  const { step, status, hasStruck, outcome } = await machine.strike(POINT);
  t.true(hasStruck, `${pointText(POINT)}\n${outcome.all}`);
  t.not(outcome.code, 0, outcome.all);
  const next = await recovers(t, machine, `${pointText(POINT)}\n${outcome.all}`);
  t.true(next.includes('start'), next.join(', '));
  t.log(`${pointText(POINT)}: in ${step} ${status}; the next up: ${next.join(', ')}`);
  const verify = await theLab().run(['verify', '--lab', FILE, '--only', 'auth.accepted,install']);
  t.is(verify.code, 0, verify.all);
});

test.serial('Ctrl-C while the images are built: no unfinished key, and down finds all that was made', async (t) => {
  const lab = theLab();
  t.is((await lab.run(['down'])).code, 0);
  const up = lab.start(['up', '--no-verify']);
  await up.shows(/build the image/);
  up.interrupt();
  t.is((await up.ended).code, 130);
  const keys = await readdir(path.join(lab.folder, '.lab', 'keys')).catch(() => []);
  t.deepEqual(
    keys.filter((name) => name !== lab.name),
    [],
  );
  const down = await lab.run(['down']);
  t.is(down.code, 0, down.all);
  t.deepEqual(await labelled(lab.name), []);
});

/** True when a program of that name runs in the container, undefined otherwise. */
async function programRuns(
  container: { shell(script: string): Promise<string> },
  program: string,
): Promise<true | undefined> {
  const found = await container.shell('cat /proc/[0-9]*/comm 2>/dev/null || true');
  return found.split('\n').includes(program) ? true : undefined;
}

/** Command lines of this machine's processes that have a setting in their environment. */
async function processesWith(setting: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (!environment.split('\0').includes(setting)) return [];
      return [await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')];
    }),
  );
  return found.flat();
}
