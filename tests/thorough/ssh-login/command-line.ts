import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { PASSWORD } from '../../lab/support/ssh-machines.ts';
import { startOnTerminal } from '../../lab/support/terminal.ts';
import { type Logins, lockedKey, type Stage, secret, wrong } from './stage.ts';

/** What a person is asked by ./lab, and what stands in for the answers. */
export const commandLine: Logins = (there) => {
  test.serial('takes a password from a variable that no child inherits, and --accept-new-host-keys', async (t) => {
    const { lab, home } = there();
    await noraFile(there(), { password: { env: 'NORA' } });
    await rm(home.knownHosts);
    const words = ['--lab', 'nora.yaml', 'plan', '--only', 'pi'];
    const options = { env: { HOME: home.folder, SSH_AUTH_SOCK: '', NORA: PASSWORD } };
    const refused = await lab.run(words, options);
    t.is(refused.code, 2, refused.all);
    t.regex(refused.all, /unknown key SHA256:/);
    const plan = await lab.run([...words, '--accept-new-host-keys'], options);
    t.is(plan.code, 0, plan.all);
    t.regex(
      plan.all,
      /the key of 127\.0\.0\.1 port \d+ \(nora\) is not known: SHA256:\S+ \(ssh-ed25519\); saved in .*known_hosts$/m,
    );
    t.regex(plan.stdout, /package mosquitto-clients/);
    t.false(plan.all.includes(PASSWORD));
  });

  test.serial('asks on a terminal for the host key and the password, again after a wrong one', async (t) => {
    const { lab, home, pi } = there();
    await noraFile(there());
    await rm(home.knownHosts);
    const env = { HOME: home.folder, SSH_AUTH_SOCK: '' };
    const terminal = startOnTerminal(['--lab', 'nora.yaml', 'plan', '--only', 'pi'], { cwd: lab.folder, env });
    await terminal.answer(
      /SHA256:\S{43} \(ssh-ed25519\)\s+Is it the right key, and should it be saved\? \[yes\/no\] /,
      'yes',
    );
    await terminal.answer(/password of nora@127\.0\.0\.1: $/, wrong.reveal());
    await terminal.answer(/that password was not accepted\s[\s\S]*pi: password of nora@127\.0\.0\.1: $/, PASSWORD);
    const { code, shown: all } = await terminal.ended;
    t.is(code, 0, all);
    t.regex(all, /package mosquitto-clients/);
    for (const password of [secret, wrong]) t.false(all.includes(password.reveal()));
    t.is((await readFile(home.knownHosts, 'utf8')).trim(), `[127.0.0.1]:${pi.port} ${pi.hostKey}`);
  });

  test.serial('asks on a terminal for a passphrase and the sudo password, and accepts no', async (t) => {
    const { lab, home } = there();
    await noraFile(there(), { identity: await lockedKey(there()) });
    const env = { HOME: home.folder, SSH_AUTH_SOCK: '' };
    const words = ['--lab', 'nora.yaml', 'plan', '--only', 'pi'];
    const terminal = startOnTerminal(words, { cwd: lab.folder, env });
    await terminal.answer(/passphrase of \S+locked: $/, 'open barley');
    await terminal.answer(/passphrase of \S+locked: $/, 'open sesame');
    await terminal.answer(/sudo password of nora: $/, PASSWORD);
    const { code, shown: all } = await terminal.ended;
    t.is(code, 0, all);
    await rm(home.knownHosts);
    const asked = startOnTerminal(words, { cwd: lab.folder, env });
    await asked.answer(/\[yes\/no\] /, 'y');
    const refused = await asked.ended;
    t.is(refused.code, 2, refused.shown);
    t.regex(refused.shown, /unknown key SHA256:/);
    await t.throwsAsync(readFile(home.knownHosts), { code: 'ENOENT' });
    const interrupted = startOnTerminal(words, { cwd: lab.folder, env });
    await interrupted.answer(/\[yes\/no\] /, '\u0003');
    t.is((await interrupted.ended).code, 130);
  });
};

/** Writes a lab file whose only host is the Pi's machine, reached as nora. */
async function noraFile({ lab }: Stage, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const pi = { host: 'ssh://nora', ...more };
  const content = {
    name: `${lab.name}-nora`,
    broker: { host: 'external', address: '127.0.0.1' },
    pis: { pi },
    users: { sam: { password: 'sam' } },
  };
  await writeFile(path.join(lab.folder, 'nora.yaml'), JSON.stringify(content));
}
