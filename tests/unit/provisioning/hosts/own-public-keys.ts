import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import ssh2 from 'ssh2';
import { ed25519Pair } from '../../../../provisioning/hosts/ed25519.ts';
import { ownPublicKeys } from '../../../../provisioning/hosts/own-public-keys.ts';
import { parseSshConfig } from '../../../../provisioning/hosts/ssh-config.ts';
import { folderFor } from '../../_sh.ts';

test('gives the public half of each readable key once, also of a locked key with its .pub file', async (t) => {
  const folder = folderFor(t);
  const open = ed25519Pair();
  const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  file('locked.pub', ed25519Pair().public);
  const identityFiles = [
    ...[file('one', open.private), file('same', open.private), join(folder, 'missing'), file('text', 'no key')],
    file('locked', locked.private),
  ];
  const address = { user: 'pi', address: 'h', port: undefined, identity: undefined, hostKey: undefined };
  const usual = parseSshConfig('', address, { home: folder });
  const found = await ownPublicKeys({ ...usual, agent: join(folder, 'no agent'), identityFiles });
  t.is(found.length, 2);
  t.is(found[0], open.public.split(' ').slice(0, 2).join(' '));
  t.regex(found[1] ?? '', /^ssh-ed25519 [A-Za-z0-9+/]+=*$/);
});
