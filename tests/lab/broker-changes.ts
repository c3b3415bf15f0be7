import test from 'ava';
import { PORT } from './support/lab.ts';
import { type LiveSession, login } from './support/mqtt.ts';
import { ownLab } from './support/own-lab.ts';

const theLab = ownLab('changes', { pis: {} }, { installed: true });
/** After the first change. */
const users = { sam: { password: 'changed' }, alice: { password: 'alice' }, bob: { password: 'bob' } };
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
  await lab.write({ pis: {}, users });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^broker +~ write \/etc\/mosquitto\/lab\.passwd \(content\)/m);
  t.regex(up.stdout, /^broker +~ reload the broker: users changed/m);
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

test.serial(
  'shows Mosquitto’s message about an option that it refuses, exit code 1; the broker keeps its sessions',
  async (t) => {
    const lab = theLab();
    const pid = await brokerPid();
    const before = await lab.container('broker').shell('cat /etc/mosquitto/conf.d/lab.conf');
    const options = { queue_qos0_messages: 'nonsense' };
    await lab.write({ pis: {}, users, broker: { host: 'container', port: PORT, options } });
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 1, up.all);
    t.regex(up.stdout, /^broker: write \/etc\/mosquitto\/conf\.d\/lab\.conf \(content\): exit code 1$/m);
    t.regex(
      up.stdout,
      /^ {4}mosquitto refuses the configuration: Error: Invalid queue_qos0_messages value \(nonsense\)\.\n {4}\/etc\/mosquitto\/conf\.d\/lab\.conf:8: queue_qos0_messages nonsense$/m,
    );
    t.regex(up.stdout, /^ {2}try: .*`broker\.options` in the lab file/m);
    t.is(await brokerPid(), pid);
    t.is(await lab.container('broker').shell('cat /etc/mosquitto/conf.d/lab.conf'), before);
    t.notRegex(await lab.container('broker').shell('ls -A /etc/mosquitto'), /staged/);
    const message = alice.next();
    await using sam = await login(lab, 'sam', 'changed');
    await sam.client.publishAsync('status', 'still here', { qos: 1 });
    t.is(await message, 'still here');
    t.false(alice.wasClosed());
  },
);

test.serial('an option that SIGHUP does not apply: a restart', async (t) => {
  const lab = theLab();
  const pid = await brokerPid();
  const options = { max_queued_messages: 50, max_inflight_messages: 40 };
  await lab.write({ pis: {}, users, broker: { host: 'container', port: PORT, options } });
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  t.regex(up.stdout, /^broker +~ restart the broker: max_inflight_messages and max_queued_messages changed/m);
  t.not(await brokerPid(), pid);
});
