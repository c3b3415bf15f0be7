import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { quote } from '../../../../base/quote.ts';
import {
  beginReader,
  killWords,
  lineReader,
  OTHER_SHELL,
  shellInput,
  shellWords,
} from '../../../../provisioning/hosts/shell.ts';
import { folderFor, sh } from '../../_sh.ts';

test('puts sudo’s words in front', (t) => {
  for (const sudo of [[], ['sudo', '-n']]) {
    for (const words of [shellWords(sudo), killWords([7, 8], 'TERM', sudo)]) {
      t.deepEqual(words.slice(0, sudo.length), sudo);
      t.is(words.includes('sudo'), sudo.length > 0);
    }
  }
});

test('sends the signal to a stopped process', (t) => {
  // the other group does not exist
  const kill = killWords([999_999, 7], 'TERM', []).at(-1)?.replaceAll('-7', '-"$group"');
  // it leads its group, since the shell's own must not end, and has a handler: without one it would end while stopped
  const { stdout } = sh(
    `setsid sh -c 'trap "exit 9" TERM; while :; do sleep 0.1; done' & group=$!
    until grep -q 'SigCgt:.*[4-7c-f][0-9a-f]\\{3\\}$' "/proc/$group/status"; do :; done
    kill -s STOP "$group"; ${kill}; looks=0
    while grep -qs 'State:.[^XZ]' "/proc/$group/status" && [ "$looks" -lt 100 ]; do looks=$((looks + 1)); sleep 0.1; done
    kill -s KILL "$group"; wait "$group"; echo "$?"`,
  );
  t.is(stdout, '9\n');
});

test('shows nothing of the script on the command line', (t) => {
  const line = shellWords([]).map(quote).join(' ');
  const { code, stdout } = sh(`${line} <<'END'\n${shellInput('echo "$1 $LC_ALL"; umask; cat; exit 3')}END`);
  t.is(code, 3);
  t.is(own(stdout), ' C\n0022\n');
});

test('no bash of the script reads ~/.bashrc, as one does that sshd starts', (t) => {
  const home = folderFor(t);
  writeFileSync(join(home, '.bashrc'), 'echo hello\n');
  const environment = `export HOME=${home} SSH_CLIENT='127.0.0.1 1 22'; unset SHLVL`;
  const bash = 'true | bash -c "echo ran"';
  t.is(sh(`${environment}; ${bash}`).stdout, 'hello\nran\n');
  const line = shellWords([]).map(quote).join(' ');
  const { stdout } = sh(`${environment}\n${line} <<'END'\n${shellInput(bash)}END`);
  t.is(own(stdout), 'ran\n');
});

test('gives commands of the script an empty standard input', (t) => {
  const line = shellWords([]).map(quote).join(' ');
  const { stdout } = sh(`${line} <<'END'\n${shellInput('cat\necho after')}END`);
  t.is(own(stdout), 'after\n');
});

const MARK = 'mqtt-lab begins: process group 42\n';

/** [chunks; the group; the rest; what came before] */
const chunkings: readonly (readonly [
  chunks: readonly string[],
  groups: readonly number[],
  rest: string,
  before: string,
])[] = [
  [[`${MARK}out\n`], [42], 'out\n', ''],
  [[MARK.slice(0, 5), MARK.slice(5, -2), MARK.slice(-2), 'out'], [42], 'out', ''],
  [[MARK], [42], '', ''],
  [[`${MARK}${MARK}`], [42], MARK, ''],
  [[`motd\n${MARK}out\n`], [42], 'out\n', 'motd\n'],
  [['no line end', MARK, 'out\n'], [42], 'out\n', 'no line end'],
  // the shell's own trace of the command line (set -x)
  [
    [`+ sh -c 'echo "mqtt-lab begins: process group $$"'\n`, MARK],
    [42],
    '',
    `+ sh -c 'echo "mqtt-lab begins: process group $$"'\n`,
  ],
  [['sudo: a password is required\n'], [], '', 'sudo: a password is required\n'],
];

for (const [chunks, groups, rest, before] of chunkings) {
  test(`finds the begin of the command in ${JSON.stringify(chunks)}`, (t) => {
    const found: number[] = [];
    let output = '';
    const reader = beginReader(
      'stdout',
      (group) => found.push(group),
      (text) => {
        output += text;
      },
    );
    for (const chunk of chunks) reader.push(chunk);
    t.deepEqual([found, output, reader.before()], [[...groups], rest, before]);
    t.is(reader.hasBegun(), groups.length > 0);
  });
}

test('keeps little of a start-up file that prints for ever', (t) => {
  const reader = beginReader(
    'stdout',
    () => t.fail(),
    () => t.fail(),
  );
  for (let chunk = 0; chunk < 100; chunk += 1) reader.push('y\n'.repeat(1_000));
  t.true(reader.before().length < 50_000);
});

/** [chunks; lines] */
const streams: readonly (readonly [chunks: readonly string[], lines: readonly string[]])[] = [
  [[], []],
  [['a\nb\n'], ['a', 'b']],
  [
    ['a', 'b\nc'],
    ['ab', 'c'],
  ],
  [
    ['a\r\nb\r', '\n'],
    ['a', 'b'],
  ],
  [['\n\n'], ['', '']],
];

for (const [chunks, lines] of streams) {
  test(`splits into lines ${JSON.stringify(chunks)}`, (t) => {
    const found: string[] = [];
    const reader = lineReader((line) => found.push(line));
    for (const chunk of chunks) reader.push(chunk);
    reader.end();
    t.deepEqual(found, [...lines]);
  });
}

test('does not run a script that arrived in part', (t) => {
  const line = shellWords([]).map(quote).join(' ');
  const input = shellInput('echo ran');
  const run = (text: string) => sh(`printf %s ${quote(text)} | ${line}`);
  t.is(own(run(input).stdout), 'ran\n');
  const parts = [0, input.indexOf('ran') + 3, input.length - 2].map((length) => input.slice(0, length));
  // a start-up file that reads a line
  for (const part of [...parts, input.slice(input.indexOf('\n') + 1)]) {
    const { code, stdout, stderr } = run(part);
    t.is(code, 1);
    t.is(own(stdout), '');
    t.regex(stderr, /^the script arrived in part$/m);
  }
});

test('a shell that takes the input for its commands runs none of them', (t) => {
  const { code, stdout } = sh(shellInput('echo ran'));
  t.is(stdout, '');
  t.is(code, OTHER_SHELL);
});

test('marks the begin of the command in both streams, also where a start-up file has joined them', (t) => {
  const line = shellWords([]).map(quote).join(' ');
  const { stdout, stderr } = sh(`echo hello; ${line} <<'END'\n${shellInput('echo out; echo err >&2')}END`);
  t.is(own(stdout), 'out\n');
  t.is(own(stderr, 'stderr'), 'err\n');
  const joined = sh(`exec 2>&1; ${line} <<'END'\n${shellInput('echo out; echo err >&2')}END`);
  t.is(own(joined.stdout), 'out\nerr\n');
});

/** The output of the command itself. */
function own(text: string, stream: 'stdout' | 'stderr' = 'stdout'): string {
  let output = '';
  const take = (rest: string) => {
    output += rest;
  };
  beginReader(stream, () => undefined, take).push(text);
  return output;
}
