import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { runProgram } from '../../../provisioning/hosts/program.ts';
import { sshHost } from '../../../provisioning/hosts/ssh.ts';
import { until } from '../../lab/support/until.ts';
import { at, type Logins, lockedKey, refusal, say, secret, wrong } from './stage.ts';

/** What a person logs in with. */
export const keysAndPasswords: Logins = (there) => {
  test.serial('uses a key that only the agent has; IdentitiesOnly limits it to the named ones', async (t) => {
    const { lab, home, broker, key } = there();
    const socket = path.join(lab.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    t.teardown(() => agent.kill());
    const add = async () => (await runAdd(socket, key)) === 0 || undefined;
    await until('the agent', 10_000, add);
    const config = (more: string) =>
      `Host hub\n HostName 127.0.0.1\n Port ${broker.port}\n User debian\n IdentityAgent ${socket}\n IdentityFile ${home.folder}/.ssh/named\n ${more}`;
    await home.configure(config(''));
    {
      await using host = await sshHost('broker', at('hub'));
      t.is(await say(host, 'whoami'), 'debian');
    }
    await home.configure(config('IdentitiesOnly yes'));
    t.regex((await refusal(t, at('hub'))).happened, /^no agent and no key file could be used/);
    const { stdout: half = '' } = (await runProgram('ssh-keygen', ['-y', '-f', key])) ?? {};
    await writeFile(path.join(home.folder, '.ssh/named'), half);
    await using host = await sshHost('broker', at('hub'));
    t.is(await say(host, 'whoami'), 'debian');
  });

  test.serial('logs in by password, by either method, and reports a wrong one', async (t) => {
    for (const user of ['nora', 'kim']) {
      await using host = await sshHost('pi', at('nora', { user, password: secret }));
      t.is(await say(host, 'whoami'), user);
    }
    const { step, happened } = await refusal(t, at('nora', { password: wrong }));
    t.is(step, `ssh nora@127.0.0.1 port ${there().pi.port}`);
    t.is(happened, 'no agent and no key file could be used; the password was not accepted');
    t.regex((await refusal(t, at('nora'))).advice ?? '', /on a terminal, or give a `password`/);
  });

  test.serial('names a key with a passphrase where no question is possible', async (t) => {
    t.regex((await refusal(t, at('nora', { identity: await lockedKey(there()) }))).happened, /locked has a passphrase/);
  });
};

async function runAdd(socket: string, file: string): Promise<number> {
  const child = spawn('ssh-add', [file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
  const [code]: (number | null)[] = await once(child, 'close');
  return code ?? 128;
}
