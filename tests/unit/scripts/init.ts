import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { InputError } from '../../../base/errors.ts';
import { readLab } from '../../../lab-file/read.ts';
import { openContext } from '../../../scripts/context.ts';
import { init } from '../../../scripts/init.ts';
import { folderFor } from '../_sh.ts';

/** Runs init in a folder; its name is the lab's. */
async function runInit(folder: string, ...args: readonly string[]): Promise<number> {
  const { command, run } = init();
  const file = path.join(folder, 'lab.yaml');
  command
    .option('--lab <file>')
    .action(() => undefined)
    .parse(['--lab', file, ...args], { from: 'user' });
  const context = openContext(file, new AbortController().signal, { logsIn: true, acceptsNewHostKeys: false });
  return await run(context, command);
}

function newFolder(t: ExecutionContext, name = 'My garden'): string {
  const folder = path.join(folderFor(t), name);
  mkdirSync(folder);
  return folder;
}

const mode = (file: string) => statSync(file).mode & 0o777;

test('writes a lab file that loads, with random passwords that only this user can read', async (t) => {
  const [one, other] = [newFolder(t), newFolder(t)];
  for (const folder of [one, other]) t.is(await runInit(folder, '--broker', 'container', '--pi', '2'), 0);
  const lab = readLab(path.join(one, 'lab.yaml'));
  t.is(lab.name, 'my-garden');
  t.deepEqual([lab.broker.host.kind, lab.pis.length], ['container', 2]);
  const passwordOf = (folder: string) => readFileSync(path.join(folder, '.lab/passwords/sensor'), 'utf8').trim();
  t.regex(passwordOf(one), /^[\w-]{24}$/);
  t.not(passwordOf(one), passwordOf(other));
  t.is(mode(path.join(one, '.lab/passwords/sensor')), 0o600);
  t.is(mode(path.join(one, '.lab')), 0o700);
  t.is(readFileSync(path.join(one, '.lab/.gitignore'), 'utf8'), '*\n');
  t.false(readFileSync(path.join(one, 'lab.yaml'), 'utf8').includes(passwordOf(one)));
});

/** The file that the first line of a lab file points editors to. */
function schemaOf(folder: string): string {
  const [, schema = ''] =
    /^# yaml-language-server: \$schema=(.+)$/m.exec(readFileSync(path.join(folder, 'lab.yaml'), 'utf8')) ?? [];
  return schema;
}

test('points editors to a copy of the schema, or to the installed package', async (t) => {
  const [alone, installed] = [newFolder(t), newFolder(t)];
  mkdirSync(path.join(installed, 'node_modules/mqtt-lab'), { recursive: true });
  writeFileSync(path.join(installed, 'node_modules/mqtt-lab/lab.schema.json'), '{}');
  for (const folder of [alone, installed]) await runInit(folder, '--broker', 'local');
  t.deepEqual(readFileSync(path.join(alone, schemaOf(alone))), readFileSync('lab.schema.json'));
  t.is(schemaOf(installed), './node_modules/mqtt-lab/lab.schema.json');
  t.false(existsSync(path.join(installed, '.lab/lab.schema.json')));
});

test('writes no passwords for an external broker, which has its own', async (t) => {
  const folder = newFolder(t);
  await runInit(folder, '--broker', 'external:mqtt.example.org');
  t.false(existsSync(path.join(folder, '.lab/passwords/sensor')));
});

test('refuses to overwrite a lab file, and writes nothing else', async (t) => {
  const folder = newFolder(t);
  writeFileSync(path.join(folder, 'lab.yaml'), 'mine');
  const error = await t.throwsAsync(runInit(folder, '--broker', 'local'), { instanceOf: InputError });
  t.is(error?.exitCode, 2);
  t.is(readFileSync(path.join(folder, 'lab.yaml'), 'utf8'), 'mine');
  t.false(existsSync(path.join(folder, '.lab')));
});

/** [arguments; why they are refused] */
const REFUSED: readonly (readonly [args: readonly string[], reason: RegExp])[] = [
  [[], /--broker.*local, container/],
  [['--broker', 'hub.local'], /--broker.*ssh:\/\//],
  [['--broker', 'ssh://pi:s3cret@hub.local'], /--broker/],
  [['--broker', 'local', '--pi', 'many'], /--pi.*number/],
  [['--broker', 'container', '--pi', 'ssh://pi@hall.local'], /hall.*cannot reach/],
];

for (const [args, reason] of REFUSED) {
  test(`refuses ${args.join(' ') || 'a start without a terminal and without options'}`, async (t) => {
    const folder = newFolder(t);
    const error = await t.throwsAsync(runInit(folder, ...args), { instanceOf: InputError });
    t.regex(error?.message ?? '', reason);
    t.false(error?.message.includes('s3cret'));
    t.false(existsSync(path.join(folder, '.lab')));
  });
}
