import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hostFiles, inOrder } from '../../../../mosquitto/import/host-files.ts';
import type { Host } from '../../../../provisioning/hosts/host.ts';
import { folderFor, sh } from '../../_sh.ts';

/** This machine, without root. */
const host: Host = {
  name: 'broker',
  start({ script }) {
    const { code, ...output } = sh(script);
    const result = Promise.resolve({ code: code ?? 1, ...output });
    return { result, group: Promise.resolve(0), kill: async () => undefined };
  },
  async [Symbol.asyncDispose]() {},
};

test('reads a file, also behind a link, and knows a missing one and a folder from an empty one', async (t) => {
  const folder = join(folderFor(t), "it's here");
  mkdirSync(folder);
  writeFileSync(join(folder, 'one'), `a ü\nlast${'x'.repeat(200)}`);
  writeFileSync(join(folder, 'empty'), '');
  symlinkSync(join(folder, 'one'), join(folder, 'link'));
  const { file } = hostFiles(host);
  t.is(await file(join(folder, 'one')), `a ü\nlast${'x'.repeat(200)}`);
  t.is(await file(join(folder, 'link')), `a ü\nlast${'x'.repeat(200)}`);
  t.is(await file(join(folder, 'empty')), '');
  t.is(await file(join(folder, 'other')), undefined);
  t.is(await file(folder), undefined);
});

test('reads the *.conf files of a folder in the order of Mosquitto', async (t) => {
  const folder = folderFor(t);
  for (const name of ['b.conf', 'B.conf', 'a b.conf', 'Z.conf', '.h.conf', 'c.conf.dpkg-old', 'README']) {
    writeFileSync(join(folder, name), name);
  }
  writeFileSync(join(folder, 'empty.conf'), '');
  mkdirSync(join(folder, 'd.conf'));
  const found = await hostFiles(host).folder(folder);
  t.deepEqual(
    found.map(({ path, text }) => [path.slice(folder.length + 1), text]),
    ['.h.conf', 'a b.conf', 'B.conf', 'b.conf', 'empty.conf', 'Z.conf'].map((name) => [
      name,
      name === 'empty.conf' ? '' : name,
    ]),
  );
  t.deepEqual(await hostFiles(host).folder(join(folder, 'none')), []);
});

test('a shorter name comes first', (t) => {
  t.deepEqual(['ab', 'a', 'A', 'B'].sort(inOrder), ['A', 'a', 'ab', 'B']);
});
