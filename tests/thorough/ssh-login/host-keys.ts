import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { runProgram } from '../../../provisioning/hosts/program.ts';
import { sshHost } from '../../../provisioning/hosts/ssh.ts';
import type { Place } from '../../lab/support/ssh-machines.ts';
import { at, hosts, type Logins, refusal, type Stage } from './stage.ts';

/** Host keys that are unknown, changed or revoked. */
export const hostKeys: Logins = (there) => {
  test.serial('refuses an unknown host key without a terminal, and saves it with --accept-new-host-keys', async (t) => {
    const { home, broker } = there();
    await home.configure(hosts(there(), 'Host *\n HashKnownHosts yes'));
    await rm(home.knownHosts);
    const { step, happened, advice } = await refusal(t, at('hub'));
    t.is(step, `check the host key of 127.0.0.1 port ${broker.port}`);
    t.is(happened, `unknown key ${await shown(there(), broker)}`);
    t.regex(advice ?? '', /--accept-new-host-keys/);
    t.regex((await refusal(t, at('kitchen'))).happened, /Host key verification failed/);
    await (await sshHost('pi', at('kitchen', { newHostKey: 'accept' })))[Symbol.asyncDispose]();
    const kept = (await readFile(home.knownHosts, 'utf8')).trim().split('\n');
    t.is(kept.length, 2);
    for (const line of kept) t.regex(line, /^\|1\|\S+ ssh-ed25519 \S+$/);
    await (await sshHost('pi', at('kitchen')))[Symbol.asyncDispose]();
    t.is((await readFile(home.knownHosts, 'utf8')).trim().split('\n').length, 2);
  });

  test.serial('saves a host’s key once for parallel connections', async (t) => {
    const { home } = there();
    await rm(home.knownHosts);
    const opened = await Promise.all([1, 2, 3].map(() => sshHost('broker', at('hub', { newHostKey: 'accept' }))));
    for (const host of opened) await host[Symbol.asyncDispose]();
    t.is((await readFile(home.knownHosts, 'utf8')).trim().split('\n').length, 1);
  });

  test.serial('refuses a changed and a revoked host key, also with --accept-new-host-keys', async (t) => {
    const { home, broker, pi } = there();
    const accept = { newHostKey: 'accept' } as const;
    await writeFile(home.knownHosts, `[127.0.0.1]:${broker.port} ${pi.hostKey}\n`);
    const { happened, advice } = await refusal(t, at('hub', accept));
    t.is(happened, `the key is ${await shown(there(), broker)}, known_hosts has ${await shown(there(), pi)}`);
    t.regex(advice ?? '', /ssh-keygen -R/);
    await writeFile(home.knownHosts, `@revoked * ${broker.hostKey}\n`);
    t.regex((await refusal(t, at('hub', accept))).happened, /is revoked in known_hosts$/);
  });
};

/** The fingerprint as ssh-keygen prints it. */
async function shown({ lab }: Stage, { hostKey }: Place): Promise<string> {
  const file = path.join(lab.folder, 'shown.pub');
  await writeFile(file, `${hostKey}\n`);
  const { stdout = '' } = (await runProgram('ssh-keygen', ['-lf', file])) ?? {};
  return `${stdout.split(' ')[1]} (ssh-ed25519)`;
}
