import { spawnSync } from 'node:child_process';
import process from 'node:process';
import test from 'ava';
import { bashScript } from '../../../../scripts/completion/bash.ts';
import { wordsOf } from '../../../../scripts/completion/words.ts';
import { wholeProgram } from '../../../../scripts/lab.ts';

/** Made once: loading all commands takes a moment. */
const program = wholeProgram();
const allWords = async () => wordsOf(await program);

/** What bash offers for the last word of a line, sorted. */
function completed(script: string, line: readonly string[]): string[] {
  const run = `${script}
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _mqtt_lab
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', run, 'bash', ...line], { encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`bash ended with ${status}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((word) => word !== '')
    .sort();
}

/** [the line, whose last word is completed; what bash offers] */
const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['mqtt-lab ver', ['verify']],
  ['./lab p', ['plan', 'publish']],
  ['mqtt-lab verify --s', ['--seed', '--summary']],
  ['mqtt-lab --lab up verify --ta', ['--tap']],
  ['mqtt-lab --lab ', []],
  ['mqtt-lab verify --junit ', []],
  ['mqtt-lab publish --mqtt ', ['3.1.1', '5']],
  ['mqtt-lab publish --mqtt 5 --will-r', ['--will-retain']],
  ['mqtt-lab completion ', ['--help', '--lab', 'bash', 'fish', 'zsh']],
  ['mqtt-lab nonsense ', []],
];

for (const [line, offered] of LINES) {
  test(`bash completes: ${line}`, async (t) => {
    t.deepEqual(completed(bashScript(await allWords()), line.split(' ')), [...offered]);
  });
}

test('bash offers every command, and every option of each', async (t) => {
  const words = await allWords();
  const script = bashScript(words);
  const names = words.commands.map(({ name }) => name);
  t.deepEqual(completed(script, ['lab', '']), ['--help', '--lab', '--version', ...names].sort());
  for (const { name, options } of words.commands) {
    t.deepEqual(completed(script, ['lab', name, '--']), options.map(({ flag }) => flag).sort());
  }
});

test('./lab completion prints the script that is tested here; an unknown shell is a mistake', async (t) => {
  const run = (shell: string) => spawnSync(process.execPath, ['lab', 'completion', shell], { encoding: 'utf8' });
  const { status, stdout } = run('bash');
  t.is(status, 0);
  t.is(stdout, bashScript(await allWords()));
  const unknown = run('tcsh');
  t.is(unknown.status, 2);
  t.regex(unknown.stderr, /bash, zsh, fish/);
});
