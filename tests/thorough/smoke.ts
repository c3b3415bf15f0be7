import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { ACL } from '../../mosquitto/paths.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { startProgram } from '../suite/child.ts';

const theLab = ownLab('smoke', {}, { installed: true });

/** `npx ava` on the files of these families, against the lab of this file. */
async function ava(...families: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const lines: string[] = [];
  const LAB = path.join(theLab().folder, 'lab.yaml');
  const words = [
    'node_modules/ava/entrypoints/cli.mjs',
    '--config',
    'ava.config.js',
    ...families.map((family) => `tests/smoke/${family}.ts`),
  ];
  const { ended } = startProgram(process.execPath, words, {
    onLine: (line) => lines.push(line),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LAB },
  });
  return { code: await ended, output: lines.join('\n') };
}

test.serial('the checks pass as AVA tests against a lab that is up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  // each file costs three seconds of CPU before its first check
  const { code, output } = await ava('auth', 'retained', 'restart');
  t.is(code, 0, output);
  for (const family of ['auth', 'retained']) t.regex(output, new RegExp(`✔ \\w+ › ${family}\\.`), family);
  t.regex(output, /✔ restart › no check in SCOPE=quick/);
});

test.serial('they fail where the broker allows what the lab file denies', async (t) => {
  const broker = theLab().container('broker');
  await broker.shell(
    `sed -i 's/^user alice$/&\\ntopic write test/' ${ACL} && kill -HUP $(cat /run/mosquitto/mosquitto.pid)`,
  );
  const { code, output } = await ava('acl');
  t.is(code, 1, output);
  t.regex(output, /✘ .*acl\.publish\.test\.alice\.q1\.v5/);
  t.regex(output, /✔ .*acl\.publish\.test\.sam\.q1\.v5/);
});
