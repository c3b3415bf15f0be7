import test from 'ava';
import { quote } from '../../../../base/quote.ts';
import { groupReader, killWords, lineReader, shellInput, shellWords } from '../../../../provisioning/hosts/shell.ts';
import { sh } from '../../_sh.ts';

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
  t.regex(stdout, /^GROUP \d+\n C\n0022\n$/);
});

test('gives commands of the script an empty standard input', (t) => {
  const line = shellWords([]).map(quote).join(' ');
  const { stdout } = sh(`${line} <<'END'\n${shellInput('cat\necho after')}END`);
  t.true(stdout.endsWith('\nafter\n'));
});

/** [chunks; the group; the rest] */
const chunkings: readonly (readonly [chunks: readonly string[], groups: readonly number[], rest: string])[] = [
  [['GROUP 42\nout\n'], [42], 'out\n'],
  [['GR', 'OUP 4', '2', '\n', 'out'], [42], 'out'],
  [['GROUP 42\n'], [42], ''],
  [['GROUP 42\nGROUP 43\n'], [42], 'GROUP 43\n'],
  [['motd\nGROUP 42\n'], [], 'motd\nGROUP 42\n'],
  [['GROUP x\n'], [], 'GROUP x\n'],
  [['no line end'], [], ''],
];

for (const [chunks, groups, rest] of chunkings) {
  test(`reads the group from ${JSON.stringify(chunks)}`, (t) => {
    const found: number[] = [];
    let output = '';
    const read = groupReader(
      (group) => found.push(group),
      (text) => {
        output += text;
      },
    );
    for (const chunk of chunks) read(chunk);
    t.deepEqual([found, output], [[...groups], rest]);
  });
}

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
  t.regex(run(input).stdout, /^GROUP \d+\nran\n$/);
  for (const length of [0, input.indexOf('ran') + 3, input.length - 2]) {
    const { code, stdout } = run(input.slice(0, length));
    t.is(code, 1);
    t.regex(stdout, /^GROUP \d+\n$/);
  }
});
