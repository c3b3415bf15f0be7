import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import test from 'ava';
import { wantsJson } from '../../../scripts/lab.ts';
import { newHostKeyOption } from '../../../scripts/new-host-keys.ts';
import { COMMANDS } from './_commands.ts';
import { runLab } from './_run-lab.ts';

test('./lab --help names every command, --lab and the exit codes', (t) => {
  const { status, stdout } = spawnSync(process.execPath, ['lab', '--help'], { encoding: 'utf8', timeout: 60_000 });
  t.is(status, 0);
  const listed = [...stdout.matchAll(/^ {2}([a-z][a-z-]*)(?= )/gm)].map(([, name]) => name);
  t.deepEqual(
    listed.filter((name) => name !== 'help'),
    COMMANDS.map((command) => command.name()),
  );
  t.regex(stdout, /--lab <file>/);
  t.regex(stdout, /Exit codes: 0 .*; 1 .*; 2 /);
});

test('--json is of the command, not of the name of a lab file', (t) => {
  t.true(wantsJson(['--lab', 'publish', 'verify', '--json']));
  t.true(wantsJson(['--lab', 'constructor', 'plan', '--json']));
  t.false(wantsJson(['ssh', 'pi', 'verify', '--json']));
});

test('./lab --version prints the version of package.json', async (t) => {
  const { status, stdout } = await runLab('--version');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  t.is(status, 0);
  t.is(stdout, `${version}\n`);
});

for (const command of COMMANDS) {
  test(`./lab ${command.name()} --help names its options`, async (t) => {
    const { status, stdout } = await runLab(command.name(), '--help');
    t.is(status, 0);
    const explained = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    const known = command.options.flatMap(({ long }) => long ?? []);
    const common = ['--lab', ...(newHostKeyOption(command.name()) === undefined ? [] : ['--accept-new-host-keys'])];
    t.deepEqual(explained.sort(), [...known, ...common].sort());
  });
}
