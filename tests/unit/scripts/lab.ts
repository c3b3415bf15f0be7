import { spawnSync } from 'node:child_process';
import process from 'node:process';
import test from 'ava';
import { newHostKeyOption } from '../../../scripts/new-host-keys.ts';
import { COMMANDS } from './_commands.ts';

function help(...args: string[]): { code: number | null; text: string } {
  const { status, stdout } = spawnSync(process.execPath, ['lab', ...args], { encoding: 'utf8', timeout: 60_000 });
  return { code: status, text: stdout };
}

test('./lab --help names every command, --lab and the exit codes', (t) => {
  const { code, text } = help('--help');
  t.is(code, 0);
  const listed = [...text.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name]) => name);
  t.deepEqual(
    listed.filter((name) => name !== 'help'),
    COMMANDS.map((command) => command.name()),
  );
  t.regex(text, /--lab <file>/);
  t.regex(text, /Exit codes: 0 .*; 1 .*; 2 /);
});

for (const command of COMMANDS) {
  test(`./lab ${command.name()} --help names its options`, (t) => {
    const { code, text } = help(command.name(), '--help');
    t.is(code, 0);
    const explained = [...text.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    const known = command.options.flatMap(({ long }) => long ?? []);
    const common = ['--lab', ...(newHostKeyOption(command.name()) === undefined ? [] : ['--accept-new-host-keys'])];
    t.deepEqual(explained.sort(), [...known, ...common].sort());
  });
}
