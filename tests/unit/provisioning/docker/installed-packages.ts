import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test from 'ava';
import { installedPackages, removalLine } from '../../../../provisioning/docker/installed-packages.ts';
import { recordPackages, TOOLS } from '../../../../provisioning/resources/package-record.ts';
import { folderFor, sh } from '../../_sh.ts';

/** A record with these packages; base-files is installed on every Debian. */
function recordWith(folder: string, ...names: readonly string[]): string {
  const file = join(folder, 'packages');
  writeFileSync(file, `requested a b\n${names.map((name) => `package ${name} not-installed\n`).join('')}`);
  return file;
}

test('lists the recorded packages that are still installed, each once', async (t) => {
  const record = recordWith(folderFor(t), 'base-files', 'no-such-package', 'base-files', 'dpkg');
  t.deepEqual(await installedPackages(record), ['base-files', 'dpkg']);
});

test('lists nothing where the lab has installed nothing', async (t) => {
  const folder = folderFor(t);
  t.deepEqual(await installedPackages(join(folder, 'packages')), []);
  t.deepEqual(await installedPackages(recordWith(folder)), []);
  t.deepEqual(await installedPackages(recordWith(folder, 'no-such-package')), []);
});

test.serial('leaves out a removed package whose configuration is left', async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'dpkg-query'), '#!/bin/sh\necho "config-files a"\necho "installed b"\n', { mode: 0o755 });
  const before = process.env.PATH;
  process.env.PATH = `${folder}:${before}`;
  t.teardown(() => {
    process.env.PATH = before;
  });
  t.deepEqual(await installedPackages(recordWith(folder, 'a', 'b')), ['b']);
});

test('prints a line that removes exactly these packages and their record', (t) => {
  const line = removalLine(['docker.io', 'runc']);
  t.regex(line, /sudo apt-get purge docker\.io runc && sudo rm -r \/var\/lib\/mqtt-lab\/\.tools$/);
});

test('lets every user read the record of the tools, but not a lab’s folder', (t) => {
  const root = folderFor(t);
  const modeOf = (folder: string) => {
    const script = recordPackages(folder, ['a']).replaceAll('/var/lib/mqtt-lab', `${root}/mqtt-lab`);
    t.is(sh(`umask 022; ${script}`).code, 0);
    return statSync(folder.replace('/var/lib/mqtt-lab', `${root}/mqtt-lab`)).mode & 0o777;
  };
  t.is(modeOf(TOOLS), 0o755);
  t.is(modeOf('/var/lib/mqtt-lab/two'), 0o700);
  const tools = join(root, 'mqtt-lab/.tools');
  t.is(sh(`cd ${tools} && umask 077 && echo 'a - - none < 1 all none /a.deb' | ./note-packages`).code, 0);
  t.is(statSync(join(tools, 'packages')).mode & 0o777, 0o644);
  t.regex(readFileSync(join(tools, 'packages'), 'utf8'), /^package a /m);
});
