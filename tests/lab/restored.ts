import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { containerCreator } from '../../deployment/create-containers.ts';
import { readLab } from '../../lab-file/read.ts';
import { HOST_KEY } from '../../provisioning/docker/labels.ts';
import { differences, type Snapshot, snapshot } from './support/as-it-was.ts';
import { engine } from './support/container.ts';
import { ownLab } from './support/own-lab.ts';
import { killInPurge, PURGE_AGAIN } from './support/purge-killer.ts';
import { startOnTerminal } from './support/terminal.ts';

/** Its containers play the part of two machines that are reached over SSH; nothing is ever provisioned on them but by the other lab. */
const machines = ownLab('restored');
const FILE = 'remote.yaml';
const PORT = 18_832;
const name = () => `${machines().name}-remote`;
const book = () => path.join(machines().folder, '.lab', 'hosts', `${name()}.json`);
const hub = () => machines().container('broker');
const before = new Map<string, Snapshot>();

test.serial('the containers come up', async (t) => {
  const lab = readLab(path.join(machines().folder, 'lab.yaml'));
  const make = containerCreator(await engine(), lab, { report: () => undefined, signal: new AbortController().signal });
  for (const machine of ['broker', 'pi']) await make(machine);
  await remoteLab(['pi']);
  // a login leaves its own traces
  const plan = await machines().run(['plan', '--lab', FILE]);
  t.is(plan.code, 0, plan.all);
  for (const machine of ['broker', 'pi']) before.set(machine, await snapshot(machines().container(machine)));
});

test.serial('up restores a Pi that the lab file no longer has, to the byte and the second', async (t) => {
  const lab = machines();
  const first = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(first.code, 0, first.all);
  t.regex(first.stdout, /^ {2}\+ backup \/var\/lib\/mqtt-lab\/\S+-remote$/m);
  const nothing = await lab.run(['plan', '--exit-code', '--lab', FILE]);
  t.is(nothing.code, 0, nothing.all);
  await remoteLab([]);
  const plan = await lab.run(['plan', '--exit-code', '--lab', FILE]);
  t.is(plan.code, 1, plan.all);
  t.regex(plan.stdout, /^pi \(ssh\)\n( {2}- package \S+ \(the lab installed it\)\n)+ {2}- backup /m);
  const terminal = startOnTerminal(['up', '--no-verify', '--lab', FILE], { cwd: lab.folder, env: {} });
  // Enter alone is the answer in capitals
  await terminal.answer(/The plan removes \d+ things\. Continue\? \[Y\/n\] /, '');
  const up = await terminal.ended;
  t.is(up.code, 0, up.shown);
  t.regex(up.shown, /broker +✓ unchanged/);
  t.deepEqual(await changed('pi'), []);
  t.regex(await readFile(book(), 'utf8'), /"broker"/);
  t.notRegex(await readFile(book(), 'utf8'), /"pi"/);
});

test.serial('down NAME without a lab file completes a down that was killed in a purge', async (t) => {
  const lab = machines();
  await rm(path.join(lab.folder, FILE));
  // the helper has forgotten the unit's links by then, and has not removed them
  await hub().shell(killInPurge(1));
  const cut = await lab.run(['down', name()]);
  t.not(cut.code, 0, cut.all);
  await hub().shell(PURGE_AGAIN);
  const left = await changed('broker');
  t.true(left.some((line) => line.startsWith('+ file /etc/systemd/system/multi-user.target.wants/mosquitto.service')));
  const down = await lab.run(['down', name()]);
  t.is(down.code, 0, down.all);
  t.regex(down.stdout, /^ {2}- package mosquitto /m);
  t.regex(down.stdout, /^ {2}- file \/etc\/systemd\/system\/multi-user\.target\.wants\/mosquitto\.service \(left by /m);
  t.deepEqual(await changed('broker'), []);
  await t.throwsAsync(readFile(book()), { code: 'ENOENT' });
});

test.serial('a second down changes nothing', async (t) => {
  await remoteLab(['pi']);
  const down = await machines().run(['down', '--lab', FILE]);
  t.is(down.code, 0, down.all);
  t.regex(down.stdout, /^hosts: 0 changed$/m);
  t.deepEqual(await changed('broker'), []);
});

/** A Mosquitto with a configuration and data of its own, as its owner leaves it. */
const OWN = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -y install --no-install-recommends mosquitto mosquitto-clients >/dev/null 2>&1
printf 'listener ${PORT}\\nallow_anonymous true\\n' >/etc/mosquitto/conf.d/own.conf
chown mosquitto:root /etc/mosquitto/conf.d/own.conf
chmod 640 /etc/mosquitto/conf.d/own.conf
touch -d '2024-05-06 07:08:09.123456789' /etc/mosquitto/conf.d/own.conf
echo '# own' >>/etc/mosquitto/mosquitto.conf
echo own >/var/lib/mosquitto/own-file
install -d -o mosquitto -g mosquitto /run/mosquitto
mosquitto -d -c /etc/mosquitto/mosquitto.conf </dev/null >/dev/null 2>&1
tries=0
until mosquitto_pub -p ${PORT} -t kept/one -m retained -r -q 1 || [ "$tries" -ge 100 ]; do sleep 0.05; tries=$((tries + 1)); done
mosquitto_sub -p ${PORT} -t queue -q 1 -c -i device -E
mosquitto_pub -p ${PORT} -t queue -m queued -q 1`;

/** What that Mosquitto writes by itself when it is ended and started; the last are of the package's own tools, which put Debian's main file in place. */
const WRITTEN_BY_IT =
  /^. (file|content) (\/run\/mosquitto\/mosquitto\.pid|\/var\/lib\/mosquitto\/mosquitto\.db|\/var\/log\/mosquitto\/mosquitto\.log|\/var\/lib\/(systemd\/deb-systemd-helper-enabled\/mosquitto\.service\.dsh-also|dpkg\/info\/mosquitto\.list)) /;

test.serial('down leaves the data of a Mosquitto alone that came after an up that failed early', async (t) => {
  const lab = machines();
  await remoteLab([]);
  const away = '/etc/apt/apt.conf.d/99-away';
  await hub().shell(`rm -f /var/cache/apt/archives/*.deb
printf 'Acquire::%s::Proxy "http://127.0.0.1:9/";\\n' http https >${away}; echo 'Acquire::Retries "0";' >>${away}`);
  const up = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 1, up.all);
  await hub().shell(`rm ${away}`);
  await hub().shell(OWN);
  const down = await lab.run(['down', '--lab', FILE]);
  t.is(down.code, 0, down.all);
  t.is(await hub().shell('cat /var/lib/mosquitto/own-file; ls -d /var/lib/mqtt-lab 2>/dev/null || true'), 'own\n');
  t.is(await hub().shell(`mosquitto_sub -p ${PORT} -t 'kept/#' -C 1 -W 5`), 'retained\n');
  await remoteLab(['pi']);
});

test.serial(
  'down --keep-packages restarts the earlier Mosquitto with its configuration, retained message and queued session',
  async (t) => {
    const lab = machines();
    const was = await snapshot(hub());
    const up = await lab.run(['up', '--no-verify', '--take-over', '--lab', FILE]);
    t.is(up.code, 0, up.all);
    t.regex(up.stdout, /^ {2}\+ backup \/var\/lib\/mosquitto, \/var\/log\/mosquitto$/m);
    const lost = await hub().shell(`mosquitto_sub -p ${PORT} -u sam -P sam -t 'kept/#' -C 1 -W 1 || true`);
    t.is(lost, '');
    // as a down that was killed while it put things back leaves it
    const mark = `/var/lib/mqtt-lab/${name()}/restoring`;
    await hub().shell(`: >${mark}`);
    const half = await lab.run(['up', '--no-verify', '--take-over', '--lab', FILE]);
    t.is(half.code, 2, half.all);
    t.regex(half.all, /restored this host in part.*\n {2}try: run `\.\/lab down`/);
    await hub().shell(`rm ${mark}`);
    const answered = async (answer: string) => {
      const terminal = startOnTerminal(['down', '--keep-packages', '--lab', FILE], { cwd: lab.folder, env: {} });
      await terminal.answer(/Restore broker, pi to the state before the lab\? \[Y\/n\] /, answer);
      return await terminal.ended;
    };
    const unwanted = await answered('n');
    t.is(unwanted.code, 1, unwanted.shown);
    t.regex(unwanted.shown, /cancelled; nothing was changed/);
    const down = await answered('y');
    t.is(down.code, 0, down.shown);
    t.regex(down.shown, /^ {2}~ service mosquitto \(runs as before the lab\)$/m);
    const differs = differences(was, await snapshot(hub()));
    t.deepEqual(
      differs.filter((line) => !WRITTEN_BY_IT.test(line)),
      [],
    );
    t.is(await hub().shell(`mosquitto_sub -p ${PORT} -t 'kept/#' -C 1 -W 5`), 'retained\n');
    t.is(await hub().shell(`mosquitto_sub -p ${PORT} -t queue -q 1 -c -i device -C 1 -W 5`), 'queued\n');
    const pi = await lab.container('pi').shell('dpkg-query -W mosquitto-clients; ls /var/lib');
    t.regex(pi, /^mosquitto-clients\t/);
    t.notRegex(pi, /mqtt-lab/);
  },
);

/** What differs on a machine from what it was before the lab. */
async function changed(machine: 'broker' | 'pi'): Promise<string[]> {
  const was = before.get(machine);
  if (was === undefined) throw new Error(`nobody looked at ${machine} before`);
  return differences(was, await snapshot(machines().container(machine)));
}

/** Writes a lab file whose broker and Pis are the machines, over SSH; MQTT clients reach the broker on the machines' network. */
async function remoteLab(pis: readonly string[]): Promise<void> {
  const lab = machines();
  const places = new Map<string, object>();
  for (const [machine, user] of [
    ['broker', 'debian'],
    ['pi', 'pi'],
  ] as const) {
    const { NetworkSettings, Config } = await lab.container(machine).inspect();
    const port = NetworkSettings.Ports['22/tcp']?.[0]?.HostPort;
    const hostKey = Config.Labels[HOST_KEY];
    places.set(machine, { host: `ssh://${user}@127.0.0.1:${port}`, identity: `.lab/keys/${lab.name}`, hostKey });
  }
  const [network] = Object.values((await hub().inspect()).NetworkSettings.Networks);
  const content = {
    name: name(),
    broker: { ...places.get('broker'), port: PORT, address: network?.IPAddress },
    pis: Object.fromEntries(pis.map((pi) => [pi, places.get(pi)])),
    users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
    topics: { test: { publish: ['sam'], subscribe: ['alice'] } },
  };
  await writeFile(path.join(lab.folder, FILE), JSON.stringify(content));
}
