import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { apparmorPackages, engineAdvice } from '../../../../provisioning/docker/apparmor.ts';
import { folderFor } from '../../_sh.ts';

for (const [text, packages] of [
  ['Y\n', ['apparmor']],
  ['N\n', []],
] as const) {
  test(`a kernel that says ${text.trim()} about AppArmor needs ${packages.join() || 'no further package'}`, async (t) => {
    const file = path.join(folderFor(t), 'enabled');
    writeFileSync(file, text);
    t.deepEqual(await apparmorPackages(file), packages);
  });
}

test('a kernel without AppArmor needs no further package', async (t) => {
  t.deepEqual(await apparmorPackages('/absent'), []);
});

test('the advice after an engine lacked apparmor_parser names its package', (t) => {
  const said =
    'AppArmor enabled on system but the docker-default profile could not be loaded: exec: "apparmor_parser": not found';
  t.regex(engineAdvice(said, 'usual'), /^apt-get install apparmor, /);
  t.is(engineAdvice('no space left on device', 'usual'), 'usual');
});
