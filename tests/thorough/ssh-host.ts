import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { HOST_KEY } from '../../provisioning/docker/labels.ts';
import { ed25519Pair } from '../../provisioning/hosts/ed25519.ts';
import { login } from '../lab/support/mqtt.ts';
import { ownLab } from '../lab/support/own-lab.ts';

/** The lab whose containers play the part of two machines that are reached over SSH. */
const machines = ownLab('machines');
const FILE = 'remote.yaml';
const PORT = 18_831;
const OTHER_KEY = publicKey(ed25519Pair().public);

test.serial('the machines come up', async (t) => {
  const up = await machines().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

test.serial('refuses an unknown host key and shows its fingerprint, exit code 2', async (t) => {
  await remoteLab(() => ({ hostKey: undefined }));
  const up = await machines().run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 2, up.all);
  t.regex(
    up.stderr,
    /^broker: check the host key of 127\.0\.0\.1 port \d+: unknown key SHA256:\S{43} \(ssh-ed25519\)$/m,
  );
  t.regex(up.stderr, /^ {2}try: compare it on the host .*or set `hostKey`$/m);
});

test.serial('refuses a changed host key and shows both fingerprints, exit code 2', async (t) => {
  await remoteLab(() => ({ hostKey: OTHER_KEY }));
  const up = await machines().run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 2, up.all);
  const both =
    /^broker: check the host key of .*: the key is SHA256:(\S{43}) \(.*, the pinned key has SHA256:(\S{43}) \(.*\)$/m;
  const [, shown, pinned] = both.exec(up.stderr) ?? [];
  t.truthy(shown, up.stderr);
  t.not(shown, pinned);
  t.regex(up.stderr, /^ {2}try: if the host was reinstalled.*someone may intercept the connection$/m);
});

test.serial('names a key that the host does not accept, exit code 2', async (t) => {
  const key = ed25519Pair().private;
  await writeFile(path.join(machines().folder, 'stranger'), key, { mode: 0o600 });
  await remoteLab(() => ({ identity: 'stranger' }));
  const up = await machines().run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 2, up.all);
  t.regex(up.stderr, /^broker: ssh debian@127\.0\.0\.1 port \d+: none of the keys was accepted$/m);
});

test.serial("refuses another lab's broker host and names the lab, exit code 2, nothing touched", async (t) => {
  await remoteLab();
  const look = () => machines().container('broker').shell('find /etc/mosquitto -type f | sort | xargs sha256sum');
  const before = await look();
  const up = await machines().run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 2, up.all);
  t.regex(up.stderr, new RegExp(`lab\\.conf belongs to the lab "${machines().name}"$`, 'm'));
  t.is(await look(), before);
});

test.serial('hosts over ssh:// converge, a second up changes nothing, and verification passes', async (t) => {
  const lab = machines();
  const up = await lab.run(['up', '--no-verify', '--take-over', '--lab', FILE]);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^pi +✓ unchanged$/m);
  const kept = `/var/lib/mqtt-lab/${lab.name}-remote/files/etc/mosquitto/conf.d/lab.conf`;
  t.regex(await lab.container('broker').shell(`head -n 1 ${kept}`), new RegExp(`"${lab.name}"`));
  const again = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(again.code, 0, again.all);
  t.regex(again.stdout, /^hosts: 0 changed$/m);
  const verify = await lab.run(['verify', '--lab', FILE, '--only', 'install.*,auth.*']);
  t.is(verify.code, 0, verify.all);
});

test.serial('a host that the lab file now has under another address stays in the lab', async (t) => {
  const lab = machines();
  await remoteLab(() => ({}), 'localhost');
  const plan = await lab.run(['plan', '--exit-code', '--lab', FILE]);
  t.is(plan.code, 0, plan.all);
  const up = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^hosts: 0 changed$/m);
  const book = await readFile(path.join(lab.folder, '.lab', 'hosts', `${lab.name}-remote.json`), 'utf8');
  t.true(book.includes('"localhost"'), book);
  t.false(book.includes('"127.0.0.1"'), book);
  await remoteLab();
});

test.serial('reports a Pi with a broker on it, with everything that was found, exit code 1', async (t) => {
  const lab = machines();
  const pi = lab.container('pi');
  // a policy of the host's, so that the package's own start script keeps still
  await pi.shell("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d");
  await pi.shell(
    'apt-get -qq update >/dev/null; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install mosquitto >/dev/null 2>&1',
  );
  const up = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(up.code, 1, up.all);
  t.regex(
    up.stdout,
    /^pi: clients only: this Pi has a broker:\n {4}the package mosquitto is installed\n {4}\/usr\/sbin\/mosquitto exists$/m,
  );
  t.regex(up.stdout, /^ {2}try: remove it on the Pi: sudo apt-get purge mosquitto/m);
  t.regex(up.stdout, /^broker +✓ unchanged$/m);
  await pi.shell('apt-get -qq -y purge mosquitto >/dev/null 2>&1');
  const again = await lab.run(['up', '--no-verify', '--lab', FILE]);
  t.is(again.code, 0, again.all);
});

test.serial("down restores the hosts: the other lab's broker serves again", async (t) => {
  const down = await machines().run(['down', '--lab', FILE]);
  t.is(down.code, 0, down.all);
  t.regex(down.stdout, /^broker +✓ \d changed$/m);
  const status = await machines().run(['status']);
  t.is(status.code, 0, status.all);
  await using _sam = await login(machines(), 'sam', 'sam');
});

type Change = { hostKey?: string | undefined; identity?: string };

/** Writes a lab file whose broker and Pi are the machines, over SSH; MQTT clients reach the broker on the machines' network. */
async function remoteLab(change: () => Change = () => ({}), address = '127.0.0.1'): Promise<void> {
  const lab = machines();
  const [broker, pi] = await Promise.all(['broker', 'pi'].map((name) => lab.container(name).inspect()));
  const place = (user: string, info: typeof broker) => ({
    host: `ssh://${user}@${address}:${info?.NetworkSettings.Ports['22/tcp']?.[0]?.HostPort}`,
    identity: `.lab/keys/${lab.name}`,
    hostKey: info?.Config.Labels[HOST_KEY],
    ...change(),
  });
  const [network] = Object.values(broker?.NetworkSettings.Networks ?? {});
  const content = {
    name: `${lab.name}-remote`,
    broker: { ...place('debian', broker), port: PORT, address: network?.IPAddress },
    pis: { pi: place('pi', pi) },
    users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
    topics: { test: { publish: ['sam'], subscribe: ['alice'] } },
  };
  await writeFile(path.join(lab.folder, FILE), JSON.stringify(content));
}

function publicKey(line: string): string {
  return line.split(' ').slice(0, 2).join(' ');
}
