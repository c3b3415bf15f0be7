import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { writePackage } from '../../../../scripts/package/main.ts';
import { PROJECT } from '../../../suite/child.ts';
import { folderFor } from '../../_sh.ts';

const MOST_BYTES = 1_000_000;
const BESIDE = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'lab.schema.json',
  'results.schema.json',
  'man/mqtt-lab.1',
  'package.json',
];

// esbuild.stop() of one ends the bundling of another
test.serial('the package runs without the project, and has what its sources read', async (t) => {
  const folder = path.join(folderFor(t), 'dist');
  await writePackage(folder);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

  const sources = files.filter((file) => /\.(ts|tsx|map)$/.test(file) && !file.endsWith('.d.ts'));
  t.deepEqual(sources, [], 'neither sources nor source maps');
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  t.false(text.includes(PROJECT), 'no path of this machine');
  const packed = gzipSync(Buffer.concat([...files, ...BESIDE].map((file) => readFileSync(file))), { level: 9 });
  t.true(packed.length < MOST_BYTES, `${packed.length} bytes packed`);
  for (const file of ['pi/Dockerfile', 'mosquitto/service.sh', 'probes/tls/attempts.py', 'report/page/style.css'])
    t.true(existsSync(path.join(folder, file)), file);

  // programs that run as processes of their own find no package
  for (const file of files.filter((each) => each.endsWith('.js') && path.dirname(each) !== folder)) {
    const imported = [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*["']([^"']+)["']/g)];
    t.deepEqual(
      imported.filter(([, name = '']) => !/^(node:|\.|[a-z_/]+$)/.test(name) || name === 'ws'),
      [],
      file,
    );
  }

  writeFileSync(path.join(folder, '..', 'package.json'), '{ "type": "module" }');
  const program = path.join(folder, 'mqtt-lab.js');
  const help = spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8', env: {}, timeout: 60_000 });
  t.is(help.stderr, '');
  t.regex(help.stdout, /^Usage: npx mqtt-lab /);
});

test.serial('the types accept a lab file, and refuse a wrong key', async (t) => {
  const folder = folderFor(t);
  await writePackage(path.join(folder, 'dist'));
  const compile = (pis: string) => {
    writeFileSync(
      path.join(folder, 'use.ts'),
      `import type { LabFile } from './dist/index.cjs';
       export const lab: LabFile = { name: 'a', pis: ${pis}, users: { sam: { password: 'sam' } } };`,
    );
    const words = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--types',
      '',
      path.join(folder, 'use.ts'),
    ];
    return spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', ...words], { encoding: 'utf8' }).stdout;
  };
  t.is(compile("{ pi: { host: 'container' } }"), '');
  t.regex(compile("{ pi: { hosts: 'container' } }"), /hosts/);
});
