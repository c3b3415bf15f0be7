import test from 'ava';
import type { Secret } from '../../../base/secret.ts';
import type { SshAddress } from '../../../lab-file/ssh-address.ts';
import { tryRun } from '../../../provisioning/hosts/host.ts';
import { sshHost } from '../../../provisioning/hosts/ssh.ts';
import { PASSWORD } from '../../lab/support/ssh-machines.ts';
import { at, type Logins, refusal, say, secret, wrong } from './stage.ts';

/** Root by a password for sudo. */
export const sudo: Logins = (there) => {
  /** The Pi's machine by its published port and the lab's key, as a user that needs a password for sudo. */
  const asNora = (more: Partial<SshAddress> = {}) =>
    at('127.0.0.1', { user: 'nora', port: there().pi.port, identity: there().key, ...more });

  test.serial('gives sudo its password for every command, hidden and apart from the command’s input', async (t) => {
    const machine = there().lab.container('pi');
    await using host = await sshHost('pi', asNora({ password: secret }));
    t.is(await say(host, 'id -un; cat; echo end', true), 'root\nend');
    // a login of sudo's that still holds: the password is read all the same, and no part of the script
    await machine.shell("echo 'Defaults timestamp_type=global' >/etc/sudoers.d/ticket");
    t.teardown(() => machine.shell('rm /etc/sudoers.d/ticket'));
    t.is(await say(host, `echo '${PASSWORD}' | sudo -S -p '' -v && sudo -n id -un`), 'root');
    t.is(await say(host, 'id -un; cat; echo end', true), 'root\nend');
    const together = await Promise.all(['a', 'b', 'c'].map((word) => say(host, `echo ${word} $(id -u)`, true)));
    t.deepEqual(together, ['a 0', 'b 0', 'c 0']);
    const running = host.start({ step: 'wait', script: 'sleep 60', root: true, timeoutMs: 60_000 });
    const group = await running.group;
    const everything = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'";
    t.false((await machine.shell(everything)).includes(PASSWORD));
    await running.kill('TERM');
    // a signal ends sudo as it ends the command
    // 143 since Debian's update of sudo in 2026, 128 before
    t.true([128, 143].includes((await running.result).code));
    t.is(await machine.shell(`ps -o pid= --pgid ${group} || true`), '');
  });

  test.serial('asks for two sudo passwords at a time, and ends a command after its time limit', async (t) => {
    await using host = await sshHost('pi', asNora({ password: secret }));
    t.deepEqual(await Promise.all([say(host, 'echo one', true), say(host, 'echo two', true)]), ['one', 'two']);
    const script = 'sleep 61 & sleep 61';
    const late = tryRun(host, { step: 'wait', script, root: true, timeoutMs: 500 });
    await t.throwsAsync(late, { message: /^pi: wait: not finished after 0.5 s/ });
    t.is(await there().lab.container('pi').shell('pgrep -fx "sleep 61" || true'), '');
  });

  test.serial(
    'runs nothing of the script, and reads nothing of it as a password, after a wrong sudo password',
    async (t) => {
      const pi = there().lab.container('pi');
      await pi.shell("echo 'Defaults logfile=/tmp/sudo.log' >/etc/sudoers.d/log");
      // nothing is remembered of kim's
      const asKim = (password?: Secret) => asNora({ user: 'kim', password });
      const { step, happened, advice } = await refusal(t, asKim(wrong), 'touch /tmp/ran');
      t.deepEqual([step, happened], ['become root as kim', 'sudo did not accept the password']);
      t.regex(advice ?? '', /`password`/);
      t.is(await pi.shell('ls /tmp/ran 2>/dev/null || true'), '');
      t.regex(await pi.shell('cat /tmp/sudo.log'), /kim : 1 incorrect password attempt/);
      t.is((await refusal(t, asKim(), 'id')).happened, 'sudo asks for a password');
    },
  );

  test.serial('refuses a user who may not use sudo, and a host without sudo', async (t) => {
    const { happened, advice } = await refusal(t, asNora({ user: 'otto', password: secret }), 'id');
    t.is(happened, 'this user may not use sudo there');
    t.regex(advice ?? '', /log in as a user who may use sudo, or run as root there: usermod -aG sudo otto/);
    const pi = there().lab.container('pi');
    await pi.shell('mv /usr/bin/sudo /usr/bin/sudo.away');
    t.teardown(() => pi.shell('mv /usr/bin/sudo.away /usr/bin/sudo'));
    t.is((await refusal(t, asNora({ password: secret }), 'id')).happened, 'sudo is not installed there');
  });
};
