import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { PROJECT } from '../../suite/child.ts';
import { folderFor } from '../_sh.ts';

/** A project of one source, which prints a file beside it. */
function projectFor(t: ExecutionContext) {
  const folder = folderFor(t);
  cpSync(join(PROJECT, 'scripts/build.js'), join(folder, 'scripts/build.js'));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src'));
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  write('package.json', '{ "type": "module" }');
  write('src/text.txt', 'beside');
  // written so that the build of this test leaves it alone
  const here = ['import', 'meta', 'url'].join('.');
  const print = `const print = (n: number) => console.log(n, readFileSync(new URL('text.txt', ${here}), 'utf8'));`;
  write('src/main.ts', `import { readFileSync } from 'node:fs';\n${print}\nprint(1);\n`);
  const script = `const { build } = await import(${JSON.stringify(join(folder, 'scripts/build.js'))});
    const folder = await build('lab', { entryPoints: ['src/main.ts'] });
    await import(folder + '/src/main.js');`;
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { stdout, stderr, code };
  };
  return { folder, print, write, start, builds: () => readdirSync(join(folder, '.build')) };
}

test('builds once, and again after a source has changed; a source finds the files beside it', async (t) => {
  const { print, write, start, builds } = projectFor(t);
  t.is((await start()).stdout, '1 beside\n');
  const first = builds();
  t.is((await start()).stdout, '1 beside\n');
  t.deepEqual(builds(), first);
  write('src/main.ts', `import { readFileSync } from 'node:fs';\n${print}\nprint(2);\n`);
  t.is((await start()).stdout, '2 beside\n');
  t.is(builds().length, 2);
});

test('two starts at once both run, and leave one build', async (t) => {
  const { start, builds } = projectFor(t);
  const runs = await Promise.all([start(), start()]);
  t.deepEqual(runs, Array(2).fill({ stdout: '1 beside\n', stderr: '', code: 0 }));
  t.is(builds().length, 1);
});

test('a new build removes those of earlier days', async (t) => {
  const { folder, start, builds } = projectFor(t);
  mkdirSync(join(folder, '.build/lab-old'), { recursive: true });
  mkdirSync(join(folder, '.build/lab-of-today'));
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  utimesSync(join(folder, '.build/lab-old'), twoDaysAgo, twoDaysAgo);
  await start();
  t.deepEqual([builds().includes('lab-old'), builds().includes('lab-of-today')], [false, true]);
});

test('names the folder that it cannot write to', async (t) => {
  const { folder, write, start } = projectFor(t);
  // root may write to every folder, but not below a file
  write('.build', '');
  const { code, stderr } = await start();
  t.is(code, 1);
  t.true(stderr.includes(join(folder, '.build')), stderr);
});

test('an import of FILE?browser gives the bundle of that module, and follows its changes', async (t) => {
  const { write, start, builds } = projectFor(t);
  const main =
    "import page from './page.tsx?browser';\nconsole.log(page.includes('MARK'), /import|require\\(|node:/.test(page));\n";
  write('src/main.ts', main);
  write('src/part.ts', "export const text = 'MARK';\n");
  write(
    'src/page.tsx',
    "import { text } from './part.ts';\ndocument.title = text;\nexport const part = <p>{text}</p>;\n",
  );
  t.is((await start()).stdout, 'true false\n');
  write('src/part.ts', "export const text = 'other';\n");
  t.is((await start()).stdout, 'false false\n');
  t.is(builds().length, 2);
  write('src/part.ts', "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');\n");
  t.regex((await start()).stderr, /node:fs/);
});
