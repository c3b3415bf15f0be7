import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { baseTag } from '../../../../provisioning/docker/base-image.ts';
import { nftables } from '../../../../provisioning/docker/bootstrap.ts';
import { handlerOf, usableHandler } from '../../../../provisioning/docker/emulation.ts';
import { openLayer } from '../../../../provisioning/docker/load-image.ts';

const MAGIC = '7f454c4602010100000000000000000002000000';
const magic = (machine: string) => MAGIC.slice(0, 36) + machine;
const handler = (flags: string, machine = 'b700', more = 'enabled') =>
  `${more}\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: ${flags}\noffset 0\nmagic ${magic(machine)}\nmask ffffffffffffff00fffffffffffffffffeffffff\n`;
const JAVA = 'enabled\ninterpreter /usr/bin/jexec\nflags: \noffset 0\nmagic cafebabe\n';
const EXTENSION = 'enabled\ninterpreter /usr/bin/wine\nflags: \nextension .exe\n';

test('finds an architecture’s handler by its magic, whatever its name', (t) => {
  const found = { interpreter: '/usr/libexec/qemu-binfmt/aarch64-binfmt-P', flags: 'PF' };
  t.deepEqual(handlerOf('arm64', [JAVA, EXTENSION, handler('F', '3e00'), handler('PF')]), found);
  t.is(handlerOf('amd64', [JAVA, handler('PF')]), undefined);
  t.is(handlerOf('arm64', [handler('PF', 'b700', 'disabled')]), undefined);
  t.is(handlerOf('arm64', [handler('PF').replace('4c4602', '4c4601')]), undefined, '32 bit');
});

const PACKAGES = 'sudo apt-get install qemu-user-static binfmt-support';

/** [binfmt_misc's handlers; the error; the advice] */
const rows: readonly (readonly [texts: readonly string[] | undefined, happened: RegExp, advice: RegExp])[] = [
  [undefined, /binfmt_misc is not mounted on .*no handler qemu-aarch64$/, /; or leave|mount -t binfmt_misc/],
  [[], /engine is amd64 and can't run arm64 programs: binfmt_misc has no handler qemu-aarch64$/, /^[^;]*; or leave/],
  [[JAVA], /has no handler qemu-aarch64$/, /the Pi is amd64$/],
  [[handler('OC')], /aarch64-binfmt-P, .* is out of reach in a container \(no flag F\)$/, /the Pi is amd64$/],
];

for (const [texts, happened, advice] of rows) {
  test(`says what to install where the engine can't emulate: ${texts?.length ?? 'not mounted'} ${texts?.join('').length ?? ''}`, (t) => {
    const error = t.throws(() => usableHandler('hall', 'arm64', 'amd64', texts), { instanceOf: LabError });
    t.is(error?.exitCode, 2);
    t.is(error?.trouble.subject, 'hall');
    t.regex(error?.trouble.happened ?? '', happened);
    t.regex(error?.trouble.advice ?? '', advice);
    t.true(error?.trouble.advice?.startsWith(PACKAGES));
  });
}

test('requires flag F of a handler, and C for sudo', (t) => {
  t.is(usableHandler('hall', 'arm64', 'amd64', [handler('POCF')]).flags, 'POCF');
});

test('gives another architecture its own base image and packages', (t) => {
  const emulation = { architecture: 'arm64', native: 'amd64', hasSetuid: false } as const;
  t.deepEqual(
    [baseTag({ debian: 12 }), baseTag({ debian: 12, emulation })],
    ['mqtt-lab/base:bookworm', 'mqtt-lab/base:bookworm-arm64'],
  );
  t.deepEqual([nftables(undefined), nftables(emulation)], ['nftables', 'nftables:amd64']);
});

test('stores a layer with its digest, readable by this user alone, until disposal', async (t) => {
  const layer = await openLayer();
  await layer.write(Readable.from([Buffer.from('one '), Buffer.from('two')]));
  t.is(await readFile(layer.file, 'utf8'), 'one two');
  t.is(layer.digest(), createHash('sha256').update('one two').digest('hex'));
  await layer[Symbol.asyncDispose]();
  await t.throwsAsync(readFile(layer.file), { code: 'ENOENT' });
  // a process that has ended
  const { pid } = spawnSync('true');
  const abandoned = path.join(tmpdir(), `mqtt-lab-layer-${pid}-x`);
  await mkdir(abandoned);
  await using broken = await openLayer();
  t.deepEqual([existsSync(abandoned), existsSync(path.dirname(broken.file))], [false, true]);
  const failing = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      throw new Error('the disk is full');
    })(),
  );
  await t.throwsAsync(broken.write(failing), { message: 'the disk is full' });
});
