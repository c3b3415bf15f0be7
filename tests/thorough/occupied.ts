import test from 'ava';
import { PORT } from '../lab/support/lab.ts';
import { login } from '../lab/support/mqtt.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { until } from '../lab/support/until.ts';

const theLab = ownLab('occupied', { pis: {} });
const PID_FILE = '/run/mosquitto/mosquitto.pid';
const broker = () => theLab().container('broker');

test.serial('names the program on the port, and what to try, exit code 2, also with --take-over', async (t) => {
  const lab = theLab();
  const first = await lab.run(['up', '--no-verify']);
  t.is(first.code, 0, first.all);
  await broker().shell(`kill $(cat ${PID_FILE})`);
  const listen = `import socket,time; s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(("0.0.0.0",${PORT})); s.listen(); open("/tmp/listens","w").close(); time.sleep(600)`;
  await broker().shell(`setsid python3 -c '${listen}' >/dev/null 2>&1 </dev/null & echo $! >/tmp/listener`);
  await until('the listener', 10_000, () =>
    broker()
      .shell('test -e /tmp/listens')
      .then(
        () => true,
        () => undefined,
      ),
  );
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 2, up.all);
  t.regex(up.all, new RegExp(`^broker: preflight: port ${PORT} is taken by process \\d+: python3 -c`, 'm'));
  t.regex(up.all, /^ {2}try: stop process \d+ \(python3\)/m);
  const takeOver = await lab.run(['up', '--no-verify', '--take-over']);
  t.is(takeOver.code, 2, takeOver.all);
  t.regex(takeOver.all, /^ {2}try: stop process \d+ \(python3\)/m);
  await broker().shell('kill $(cat /tmp/listener)');
  const after = await lab.run(['up', '--no-verify']);
  t.is(after.code, 0, after.all);
  t.regex(after.stdout, /broker +~ start the broker/);
});

test.serial('names a system that the lab cannot manage, executes nothing of its os-release, exit code 2', async (t) => {
  const lab = theLab();
  const fedora = 'ID=fedora\nVERSION_ID="$(touch /tmp/was-run)"\nPRETTY_NAME="Fedora \u001b[2J Linux 40"\n';
  await broker().shell(`mv /etc/os-release /etc/os-release.kept; mv /usr/bin/apt-get /usr/bin/apt-get.kept
cat >/etc/os-release <<'END'
${fedora}END`);
  t.teardown(async () => {
    await broker().shell('mv /etc/os-release.kept /etc/os-release; mv /usr/bin/apt-get.kept /usr/bin/apt-get');
  });
  const status = await lab.run(['status']);
  t.regex(status.stdout, /Fedora \\x1b\[2J Linux 40/, status.all);
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 2, up.all);
  const message =
    /^broker: check its system: it runs Fedora \\x1b\[2J Linux 40 without apt-get \(ID fedora, VERSION_ID \$\(/m;
  t.regex(up.stderr, message);
  t.regex(
    up.stderr,
    /^ {2}try: use a host with Debian 12 or 13, Raspberry Pi OS of these two, or Ubuntu 22\.04 or later$/m,
  );
  t.is(await broker().shell('find /etc /tmp -type f -newer /etc/os-release'), '');
});

test.serial('names the files of a foreign configuration, touches nothing, exit code 2', async (t) => {
  const lab = theLab();
  const others = `echo 'listener 18999' >/etc/mosquitto/conf.d/theirs.conf; echo '# theirs' >>/etc/mosquitto/mosquitto.conf`;
  await broker().shell(`${others}; rm /etc/mosquitto/conf.d/lab.conf`);
  const look = () => broker().shell(`find /etc/mosquitto -type f | sort | xargs sha256sum; cat ${PID_FILE}`);
  const before = await look();
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 2, up.all);
  t.regex(up.all, /\/etc\/mosquitto\/mosquitto\.conf is not the lab's: changed since Debian's package was installed/);
  t.regex(up.all, /\/etc\/mosquitto\/conf\.d\/theirs\.conf is not the lab's: not written by the lab/);
  t.regex(up.all, /^ {2}try: .*`--take-over`, .*\/var\/lib\/mqtt-lab/m);
  t.is(await look(), before);
});

test.serial('--take-over moves the foreign files to the backup', async (t) => {
  const lab = theLab();
  const up = await lab.run(['up', '--no-verify', '--take-over']);
  t.is(up.code, 0, up.all);
  const kept = `/var/lib/mqtt-lab/${lab.name}/files/etc/mosquitto`;
  t.is(
    await broker().shell(`cat ${kept}/conf.d/theirs.conf; tail -n 1 ${kept}/mosquitto.conf`),
    'listener 18999\n# theirs\n',
  );
  t.is(
    await broker().shell('ls /etc/mosquitto/conf.d; grep -c theirs /etc/mosquitto/mosquitto.conf || true'),
    'README\nlab.conf\n0\n',
  );
  await using _sam = await login(lab, 'sam', 'sam');
  const again = await lab.run(['up', '--no-verify']);
  t.is(again.code, 0, again.all);
  t.regex(again.stdout, /^hosts: 0 changed$/m);
});

test.serial('a second --take-over keeps the first copies', async (t) => {
  const lab = theLab();
  await broker().shell("echo '# second' >/etc/mosquitto/conf.d/theirs.conf");
  const up = await lab.run(['up', '--no-verify', '--take-over']);
  t.is(up.code, 0, up.all);
  const kept = `/var/lib/mqtt-lab/${lab.name}/files/etc/mosquitto/conf.d`;
  t.is(await broker().shell(`cat ${kept}/theirs.conf`), '# second\n');
  // the earlier one with its time in its name
  t.is(await broker().shell(`cat ${kept}/theirs.conf.*`), 'listener 18999\n');
});

test.serial(
  'refuses to take over a folder of configuration that is a link, touches nothing, exit code 2',
  async (t) => {
    const lab = theLab();
    await broker().shell(`mkdir /srv/theirs && cp -a /etc/mosquitto/conf.d/. /srv/theirs/ && echo '# third' >/srv/theirs/theirs.conf
mv /etc/mosquitto/conf.d /srv/kept && ln -s /srv/theirs /etc/mosquitto/conf.d`);
    const up = await lab.run(['up', '--no-verify', '--take-over']);
    t.is(up.code, 2, up.all);
    t.regex(up.all, /\/etc\/mosquitto\/conf\.d is a symbolic link to \/srv\/theirs\b.*\n {2}try: .*mount --bind/);
    t.is(await broker().shell('cat /srv/theirs/theirs.conf'), '# third\n');
    await broker().shell('rm /etc/mosquitto/conf.d && mv /srv/kept /etc/mosquitto/conf.d');
  },
);

test.serial("restores Debian's missing main file before it stops a running broker", async (t) => {
  const lab = theLab();
  await broker().shell('rm /etc/mosquitto/mosquitto.conf');
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^ {2}\+ file \/etc\/mosquitto\/mosquitto\.conf \(Debian's own\)$/m);
  t.is(await broker().shell('test -s /etc/mosquitto/mosquitto.conf && echo there'), 'there\n');
  await using _sam = await login(lab, 'sam', 'sam');
});

test.serial('names the firewall that blocks the port, and the command that opens it, exit code 2', async (t) => {
  const lab = theLab();
  await broker().shell(`nft -f - <<'END'
table inet theirs {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    tcp dport 22 accept
  }
}
END`);
  const verify = await lab.run(['verify', '--quick']);
  await broker().shell('nft delete table inet theirs');
  t.is(verify.code, 2, verify.all);
  t.regex(verify.stderr, new RegExp(`\\n {4}.* listens on port ${PORT} there, .*: nft`));
  t.regex(
    verify.stderr,
    new RegExp(`^ {2}try: .*: sudo nft insert rule inet theirs input tcp dport ${PORT} accept$`, 'm'),
  );
});
