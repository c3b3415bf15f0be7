import test from 'ava';
import { loginAt } from '../lab/support/mqtt.ts';
import { until } from '../lab/support/until.ts';
import { verify } from '../lab/support/verified.ts';
import { failedChecks, lifeCycle } from './support/life-cycle.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('debian-12', 12);
const mainPid = async () => (await machines().broker.shell('systemctl show -p MainPID --value mosquitto')).trim();
const PORT = 1883;
const HAS_LOG = 'if [ -e /var/log/mosquitto/mosquitto.log ]; then echo yes; fi';

lifeCycle(machines, () => {
  test.serial('verify finds no fault in its whole scope either', async (t) => {
    t.deepEqual(await failedChecks(machines(), ['--timeout', '3600']), []);
  });

  test.serial('a changed user needs only a reload: process and sessions continue', async (t) => {
    const lab = machines();
    const pid = await mainPid();
    await using alice = await loginAt(lab.broker.address, PORT, { user: 'alice', password: 'alice' });
    await alice.client.subscribeAsync('status', { qos: 1 });
    await lab.write({}, { users: { sam: { password: 'changed' }, alice: { password: 'alice' } } });
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.regex(up.stdout, /^broker +~ reload the broker: users changed/m);
    t.is(await mainPid(), pid);
    await using sam = await loginAt(lab.broker.address, PORT, { user: 'sam', password: 'changed' });
    const message = alice.next();
    await sam.client.publishAsync('status', 'after the reload', { qos: 1 });
    t.is(await message, 'after the reload');
    t.false(alice.wasClosed());
  });

  test.serial('an option that SIGHUP does not apply restarts the service', async (t) => {
    const lab = machines();
    const pid = await mainPid();
    await lab.write({ options: { max_queued_messages: 200 } });
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.regex(up.stdout, /^broker +~ restart the broker: .*max_queued_messages/m);
    t.not(await mainPid(), pid);
    t.is(await lab.broker.shell('systemctl is-active mosquitto'), 'active\n');
  });

  test.serial('the broker keeps its options, rights and sessions when logrotate sends SIGHUP', async (t) => {
    const lab = machines();
    const pid = await mainPid();
    await using alice = await loginAt(lab.broker.address, PORT, { user: 'alice', password: 'alice' });
    await alice.client.subscribeAsync('status', { qos: 1 });
    await lab.broker.shell('logrotate --force /etc/logrotate.d/mosquitto');
    // logrotate makes no new file: the broker does, when it has taken the signal
    await until('the new log', 60_000, async () => ((await lab.broker.shell(HAS_LOG)) === 'yes\n' ? true : undefined));
    const plan = await lab.run(['plan', '--exit-code']);
    t.is(plan.code, 0, plan.all);
    t.is(await mainPid(), pid);
    t.deepEqual(await failedChecks(lab, ['--only', 'auth,acl', '--quick']), []);
    t.false(alice.wasClosed());
  });

  test.serial("a drop-in of the host's owner stays in effect when up restarts the service", async (t) => {
    const lab = machines();
    await lab.broker.shell(dropIn('LimitNOFILE=2345'));
    await lab.write();
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.regex(await lab.broker.shell(`cat /proc/${await mainPid()}/limits`), /^Max open files +2345 /m);
  });

  test.serial('names a drop-in that starts the broker with another configuration', async (t) => {
    const lab = machines();
    const other = '/etc/mosquitto/other.conf';
    await lab.broker.shell(`printf 'listener 1999 127.0.0.1\\n' >${other}
${dropIn(`ExecStart=\\nExecStart=/usr/sbin/mosquitto -c ${other}`)} && systemctl restart mosquitto`);
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 1, up.all);
    t.regex(up.all, /this host changes the service in \/etc\/systemd\/system\/mosquitto\.service\.d\/own\.conf/);
    await lab.broker.shell(`systemctl revert mosquitto; rm ${other}; systemctl stop mosquitto`);
    const again = await lab.run(['up', '--no-verify']);
    t.is(again.code, 0, again.all);
  });

  test.serial('up waits for unattended-upgrades, which holds the lock of dpkg, and names it', async (t) => {
    const lab = machines();
    await lab.broker.shell(`apt-get -qq -y purge mosquitto-clients && ${HOLD_LOCK}`);
    await until('the lock', 60_000, async () => ((await lab.broker.shell(IS_HELD)) === 'held\n' ? true : undefined));
    const up = lab.start(['up', '--no-verify']);
    await up.shows(/held by process \d+ \(unattended-upgr\)/, 600_000);
    await lab.broker.shell(`rm ${HELD}`);
    const { code, all } = await up.ended;
    t.is(code, 0, all);
    await lab.broker.shell(`rm ${UPGRADE}`);
  });

  test.serial('names a Pi whose clock is a minute ahead, and the rest of the lab works', async (t) => {
    const lab = machines();
    await lab.pi.shell("date --set='1 minute'");
    const { code, checks, output } = await verify(lab, ['--only', 'reach.clock,auth.accepted']);
    t.is(code, 1, output);
    t.regex(output, /the clock is (5[5-9]|6[0-5])\.\d s ahead/);
    t.is([...checks].filter(([, verdict]) => verdict === 'fail').length, 1, output);
    await lab.pi.shell("date --set='1 minute ago'");
  });

  test.serial('plan finds no change on a broker whose clock was set back by a minute', async (t) => {
    const lab = machines();
    await lab.broker.shell("date --set='1 minute ago'");
    const plan = await lab.run(['plan', '--exit-code']);
    await lab.broker.shell("date --set='1 minute'");
    t.is(plan.code, 0, plan.all);
  });

  test.serial('verify --disruptive reboots the Pi, and systemd starts the broker again after a crash', async (t) => {
    const lab = machines();
    const bootId = async () => await lab.pi.shell('cat /proc/sys/kernel/random/boot_id');
    const was = await bootId();
    const options = ['--disruptive', '--only', 'restart', '--timeout', '3600'];
    t.deepEqual(await failedChecks(lab, options), []);
    t.not(await bootId(), was);
    const again = await lab.run(['plan', '--exit-code']);
    t.is(again.code, 0, again.all);
  });
});

/** Shell that changes the service as `systemctl edit` does. */
const dropIn = (lines: string) => `folder=/etc/systemd/system/mosquitto.service.d
mkdir -p $folder && printf '[Service]\\n${lines}\\n' >$folder/own.conf && systemctl daemon-reload`;

const [HELD, UPGRADE] = ['/tmp/held', '/tmp/unattended-upgrade'];
const IS_HELD = `if [ -e ${HELD} ]; then echo held; fi`;
/** Takes the lock as unattended-upgrades does, under its name: the real one holds it only where there is something to upgrade. */
const HOLD_LOCK = `cat >${UPGRADE} <<'END'
#!/usr/bin/python3
import apt_pkg, os, time
apt_pkg.init_system()
apt_pkg.pkgsystem_lock()
open('${HELD}', 'w').close()
while os.path.exists('${HELD}'):
    time.sleep(0.2)
END
chmod 755 ${UPGRADE}
systemd-run --quiet --collect ${UPGRADE}`;
