import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { loadWithCode, WRAPPER } from '../../../scripts/code-cache.js';

const SOURCE = `${WRAPPER.banner}
// a module
exports.main = async (word) => require('node:path').basename(__filename) + ' ' + require('node:os').EOL.length + word;
${WRAPPER.footer}`;

test("a script's code is kept from its first run, and one that is damaged or lost is made anew", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-code-'));
  try {
    const file = path.join(folder, 'script.cjs');
    await writeFile(file, SOURCE);
    const run = async () => {
      const { exports, keep } = loadWithCode(file, 'plan');
      const said = await exports.main?.('!');
      keep();
      return said;
    };
    t.is(await run(), 'script.cjs 1!');
    const name = (await readdir(folder)).find((entry) => entry.endsWith('.code')) ?? '';
    t.regex(name, /^plan-v\d/);
    const code = await readFile(path.join(folder, name));
    t.is(await run(), 'script.cjs 1!');
    t.deepEqual(await readFile(path.join(folder, name)), code);
    // of another source, since V8 remembers this one's in this process
    await writeFile(file, SOURCE.replace('a module', 'another module'));
    await writeFile(path.join(folder, name), code.subarray(0, code.length / 2));
    t.is(await run(), 'script.cjs 1!');
    t.true((await readFile(path.join(folder, name))).length > code.length / 2);
    t.deepEqual((await readdir(folder)).sort(), [name, 'script.cjs'].sort());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
