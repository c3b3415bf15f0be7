import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { folderFor } from '../_sh.ts';

/** A copy of the action whose ./lab prints its arguments, a line of a host, and this JSON. */
function actionFor(t: ExecutionContext, json: object, exitCode: number) {
  const folder = folderFor(t);
  for (const name of ['action.js', 'annotations.js']) cpSync(`scripts/${name}`, path.join(folder, 'scripts', name));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  const print = `console.error('::error::from a host'); console.error(JSON.stringify(process.argv.slice(2)));
    console.log(${JSON.stringify(JSON.stringify(json))}); process.exitCode = ${exitCode};`;
  writeFileSync(path.join(folder, 'lab'), print);
  writeFileSync(path.join(folder, 'my lab.yaml'), 'users:\n  sam: {}\n');
  const output = path.join(folder, 'output');
  return (env: Readonly<Record<string, string>>) => {
    const given = { PATH: process.env.PATH, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: 'summary.md', ...env };
    const action = [path.join(folder, 'scripts/action.js')];
    const { status, stdout } = spawnSync(process.execPath, action, { cwd: folder, env: given, encoding: 'utf8' });
    return {
      status,
      lines: stdout.trimEnd().split('\n'),
      output: existsSync(output) ? readFileSync(output, 'utf8') : '',
    };
  };
}

test('runs the command on the lab file with its arguments, a summary and JSON; names the folder of the runs', (t) => {
  const run = actionFor(t, {}, 0);
  const { status, lines, output } = run({ LAB_FILE: 'my lab.yaml', LAB_COMMAND: 'up', LAB_ARGS: ' --only pi\n--yes ' });
  t.is(status, 0);
  t.true(lines.includes('["--lab","my lab.yaml","up","--only","pi","--yes","--json","--summary","summary.md"]'));
  t.is(output, 'runs=.lab/runs\n');
});

test('ends with the exit code of the command, and annotates what failed', (t) => {
  const run = actionFor(t, { verdict: 'fail', mistakes: ['lab.yaml:2:3: needs a password'] }, 2);
  const { status, lines } = run({ LAB_FILE: 'my lab.yaml' });
  t.is(status, 2);
  t.is(lines.at(-1), '::error file=my lab.yaml,line=2,col=3,title=mqtt-lab%3A lab file::needs a password');
});

test('a line of a host is no command of the workflow', (t) => {
  const { lines } = actionFor(t, {}, 0)({});
  const [, token = ''] = /^::stop-commands::(.{30,})$/.exec(lines[0] ?? '') ?? [];
  const end = lines.indexOf(`::${token}::`);
  t.true(lines.indexOf('::error::from a host') > 0);
  t.true(end > lines.indexOf('::error::from a host'));
});

/** [input; a value that is refused] */
const REFUSED: readonly (readonly [variable: string, value: string, input: RegExp])[] = [
  ['LAB_COMMAND', 'down', /command/],
  ['LAB_COMMAND', 'verify; id', /command/],
  ['LAB_FILE', 'a\nruns=/etc', /lab/],
  ['LAB_VERSION', 'file:/tmp/x', /version/],
  ['LAB_VERSION', '1 --registry=x', /version/],
];

for (const [variable, value, input] of REFUSED) {
  test(`refuses ${variable}=${JSON.stringify(value)} before anything runs`, (t) => {
    const { status, lines, output } = actionFor(t, {}, 0)({ [variable]: value });
    t.is(status, 2);
    t.regex(lines.join('\n'), input);
    t.is(output, '');
  });
}

test('words of the arguments are never a shell’s', (t) => {
  const { lines } = actionFor(t, {}, 0)({ LAB_ARGS: '$(id) ;id `id` --only *' });
  t.true(lines.some((line) => line.includes('"$(id)",";id","`id`","--only","*"')));
});
