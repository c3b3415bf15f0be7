import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../../../base/errors.ts';
import type { SshAddress } from '../../../../lab-file/ssh-address.ts';
import { destinationOf, isIndirect } from '../../../../provisioning/hosts/ssh-destination.ts';
import { folderFor } from '../../_sh.ts';

const address: SshAddress = {
  user: undefined,
  address: 'kitchen',
  port: undefined,
  identity: undefined,
  hostKey: undefined,
};

/** A home folder with this ~/.ssh/config, for this process until the test ends. */
function homeWith(t: ExecutionContext, config: string): string {
  const home = folderFor(t);
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.ssh/config'), config, { mode: 0o600 });
  const before = process.env.HOME;
  process.env.HOME = home;
  t.teardown(() => {
    process.env.HOME = before;
  });
  return home;
}

test('needs no agent, no known_hosts and no ~/.ssh for a complete address', async (t) => {
  const complete = { ...address, user: 'pi', port: 32_768, identity: '/key', isComplete: true } as const;
  t.deepEqual(await destinationOf('pi', complete), {
    ...{ user: 'pi', hostName: 'kitchen', port: 32_768, knownAs: '[kitchen]:32768', hashKnownHosts: false },
    ...{ identityFiles: ['/key'], identitiesOnly: true, agent: undefined, proxy: undefined },
    ...{ userKnownHosts: [], globalKnownHosts: [] },
  });
});

test.serial('turns ProxyJump into an ssh with the same configuration', async (t) => {
  const home = homeWith(t, 'Host kitchen\n HostName 10.0.0.7\n ProxyJump a,carl@hub:23\n');
  const { proxy } = await destinationOf('pi', address);
  t.is(proxy?.jump, 'a,carl@hub:23');
  t.regex(
    proxy?.command ?? '',
    new RegExp(`^ssh .*-F ${home}/.ssh/config -l carl -p 23 -J a -W '\\[10.0.0.7\\]:22' -- hub$`),
  );
  t.true(await isIndirect('pi', address));
});

test.serial('accepts a new key of the hop where the command line accepts new host keys', async (t) => {
  homeWith(t, 'Host kitchen\n ProxyJump hub\n');
  const { proxy } = await destinationOf('pi', { ...address, newHostKey: 'accept' });
  t.regex(proxy?.command ?? '', / -o StrictHostKeyChecking=accept-new /);
  t.notRegex((await destinationOf('pi', address)).proxy?.command ?? '', /StrictHostKeyChecking/);
});

test.serial('connects directly without a proxy, and prefers the lab file', async (t) => {
  const home = homeWith(t, 'Host kitchen\n User carl\n Port 23\n HostName 10.0.0.7\n');
  t.false(await isIndirect('pi', address));
  const found = await destinationOf('pi', { ...address, user: 'pi', identity: '/key' });
  t.like(found, { user: 'pi', port: 23, hostName: '10.0.0.7', identityFiles: ['/key'], identitiesOnly: true });
  t.deepEqual(found.userKnownHosts, [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`]);
});

test.serial('throws with ssh’s message for a configuration that ssh refuses', async (t) => {
  homeWith(t, 'Hots x\n');
  const error = await t.throwsAsync(destinationOf('pi', address), { instanceOf: LabError });
  t.is(error?.exitCode, 2);
  t.regex(error?.message ?? '', /pi: read the ssh configuration for kitchen: [\s\S]*hots/);
});

test.serial("tries the key of the host's card beside the others, also where the lab file names one", async (t) => {
  const home = homeWith(t, 'Host kitchen\n IdentityFile ~/.ssh/own\n');
  const card = { ...address, cardKey: '/card' };
  t.deepEqual((await destinationOf('pi', card)).identityFiles, ['/card', `${home}/.ssh/own`]);
  const named = await destinationOf('pi', { ...card, identity: '/named' });
  t.deepEqual([named.identityFiles, named.identitiesOnly], [['/card', '/named'], true]);
});
