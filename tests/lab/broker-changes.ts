import test from 'ava';
import { PORT } from './support/lab.ts';
import { type LiveSession, login } from './support/mqtt.ts';
import { ownLab } from './support/own-lab.ts';

const theLab = ownLab('changes', { pis: {} });
const users = { sam: { password: 'sam' }, alice: { password: 'alice' } };
let alice: LiveSession;

test.after.always(async () => {
  await alice?.[Symbol.asyncDispose]();
});

const PID_FILE = '/run/mosquitto/mosquitto.pid';
const brokerPid = async () => (await theLab().container('broker').shell(`cat ${PID_FILE}`)).trim();

test.serial('a lab without Pis comes up, and alice logs in for the whole of this file', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  alice = await login(theLab(), 'alice', 'alice');
  await alice.client.subscribeAsync('status', { qos: 1 });
});

test.serial('a changed password and a new user: only a reload, and a live session survives it', async (t) => {
  const lab = theLab();
  const pid = await brokerPid();
  await lab.write({ pis: {}, users: { ...users, sam: { password: 'changed' }, bob: { password: 'bob' } } });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^broker +~ write \/etc\/mosquitto\/lab\.passwd \(content\)/m);
  t.regex(up.stdout, /^broker +~ reload the broker: users or rights changed/m);
  t.regex(up.stdout, /^hosts: 2 changed$/m);
  t.is(await brokerPid(), pid);
  await t.throwsAsync(login(lab, 'sam', 'sam'), { message: /Not authorized/ });
  await using sam = await login(lab, 'sam', 'changed');
  await using _bob = await login(lab, 'bob', 'bob');
  const message = alice.next();
  await sam.client.publishAsync('status', 'after the reload', { qos: 1 });
  t.is(await message, 'after the reload');
  t.false(alice.wasClosed());
});

test.serial('a removed user is disconnected, the others stay', async (t) => {
  const lab = theLab();
  await using bob = await login(lab, 'bob', 'bob');
  const ended = new Promise<void>((resolve) => bob.client.once('close', () => resolve()));
  await lab.write({ pis: {} });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  await ended;
  t.false(alice.wasClosed());
});

test.serial(
  'an option that Mosquitto refuses: its words, exit code 1, and the broker runs on with its sessions',
  async (t) => {
    const lab = theLab();
    const pid = await brokerPid();
    const before = await lab.container('broker').shell('cat /etc/mosquitto/conf.d/lab.conf');
    const options = { queue_qos0_messages: 'nonsense' };
    await lab.write({ pis: {}, broker: { host: 'container', port: PORT, options } });
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 1, up.all);
    t.regex(up.stdout, /^broker: write \/etc\/mosquitto\/conf\.d\/lab\.conf \(content\): exit code 1$/m);
    t.regex(up.stdout, /mosquitto refuses the configuration:/);
    t.regex(up.stdout, /queue_qos0_messages/);
    t.regex(up.stdout, /^ {2}try: mend what the broker complains about under `broker\.options` in the lab file/m);
    t.is(await brokerPid(), pid);
    t.is(await lab.container('broker').shell('cat /etc/mosquitto/conf.d/lab.conf'), before);
    t.notRegex(await lab.container('broker').shell('ls -A /etc/mosquitto'), /staged/);
    const message = alice.next();
    await using sam = await login(lab, 'sam', 'sam');
    await sam.client.publishAsync('status', 'still here', { qos: 1 });
    t.is(await message, 'still here');
    t.false(alice.wasClosed());
  },
);

test.serial('without that option nothing is to be done', async (t) => {
  const lab = theLab();
  await lab.write({ pis: {} });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^hosts: 0 changed$/m);
});

test.serial('a good option is a restart', async (t) => {
  const lab = theLab();
  const pid = await brokerPid();
  const options = { max_queued_messages: 50 };
  await lab.write({ pis: {}, broker: { host: 'container', port: PORT, options } });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^broker +~ restart the broker: its configuration changed/m);
  t.not(await brokerPid(), pid);
});

test.serial('a file changed by hand is written anew', async (t) => {
  const lab = theLab();
  await lab
    .container('broker')
    .shell("chmod 644 /etc/mosquitto/lab.acl && echo 'alice:plain' >>/etc/mosquitto/lab.passwd");
  const options = { max_queued_messages: 50 };
  await lab.write({ pis: {}, broker: { host: 'container', port: PORT, options } });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /write \/etc\/mosquitto\/lab\.passwd \(content\), \/etc\/mosquitto\/lab\.acl \(mode\)/);
  t.is(await lab.container('broker').shell('stat -c %a /etc/mosquitto/lab.acl'), '600\n');
});

test.serial(
  'a broker that forgets the first TERM, as mosquitto does just after its start, is asked again',
  async (t) => {
    const lab = theLab();
    const broker = lab.container('broker');
    const forgetful = `#!/usr/bin/python3
import signal, time
signal.signal(signal.SIGTERM, lambda *_: signal.signal(signal.SIGTERM, signal.SIG_DFL))
open("/tmp/forgetful", "w").close()
while True: time.sleep(1)
`;
    await broker.shell(`kill $(cat ${PID_FILE})
while [ -e ${PID_FILE} ]; do sleep 0.05; done
mkdir /tmp/bin && cat >/tmp/bin/mosquitto <<'END'
${forgetful}END
chmod 755 /tmp/bin/mosquitto
setsid /tmp/bin/mosquitto -c /etc/mosquitto/mosquitto.conf >/dev/null 2>&1 </dev/null &
until [ -e /tmp/forgetful ]; do sleep 0.05; done`);
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    t.regex(up.stdout, /^broker +~ restart the broker: what it has loaded is unknown/m);
  },
);
