import test from 'ava';
import { InvalidArgumentError } from 'commander';
import { boundSeconds, runCount, seedNumber } from '../../../scripts/bounds.ts';
import { runLab } from './_run-lab.ts';

for (const [text, value] of [
  ['0.5', 0.5],
  ['90', 90],
  ['86400', 86_400],
] as const) {
  test(`--timeout ${text}`, (t) => {
    t.is(boundSeconds(text), value);
  });
}

// past 2³¹ ms a timer of Node fires at once
for (const text of ['0', '-1', 'soon', '', '86401', '9999999', 'Infinity']) {
  test(`--timeout '${text}' is refused`, (t) => {
    t.throws(() => boundSeconds(text), { instanceOf: InvalidArgumentError, message: /above 0.* 86400/ });
  });
}

for (const [text, value] of [
  ['1', 1],
  ['100', 100],
] as const) {
  test(`--repeat ${text}`, (t) => {
    t.is(runCount(text), value);
  });
}

for (const text of ['0', '-1', '1.5', 'twice', '', '100001', 'Infinity']) {
  test(`--repeat '${text}' is refused`, (t) => {
    t.throws(() => runCount(text), { instanceOf: InvalidArgumentError, message: /whole number from 1 to 100000/ });
  });
}

for (const text of ['0', '4711', '999999']) {
  test(`--seed ${text}`, (t) => {
    t.is(seedNumber(text), Number(text));
  });
}

for (const text of ['-1', '1.5', '', 'x', '1000000']) {
  test(`--seed '${text}' is refused`, (t) => {
    t.throws(() => seedNumber(text), { instanceOf: InvalidArgumentError, message: /whole number from 0 to 999999/ });
  });
}

/** [arguments; message] */
const REFUSED: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [
    ['--quick', '--disruptive', '--tap', '--junit', '/nonexistent/x.xml'],
    /^--quick and --disruptive exclude each other\n--junit \/nonexistent\/x\.xml: there is no folder \/nonexistent that this user may write to\n$/,
  ],
  [['--junit', 'tests'], /^--junit tests: this is a folder; name a file\n$/],
  [['--tap', '--json'], /^--json and --tap exclude each other\n$/],
  [['--exhaustive', '--seed', '1'], /^--exhaustive and --seed exclude each other\n$/],
  [['--repeat', '0'], /^error: option '--repeat <times>' argument '0' is invalid\. .*1 to 100000\n$/],
  [['--repeat', 'x'], /^error: option '--repeat <times>' argument 'x' is invalid\. /],
];

for (const [args, message] of REFUSED) {
  test(`verify ${args.join(' ')} is refused before anything runs: exit code 2`, async (t) => {
    const run = await runLab('verify', ...args);
    t.is(run.status, 2);
    t.regex(run.stderr, message);
    t.regex(run.stdout, args.includes('--json') ? /^\{"verdict":"fail","mistakes":\[.*\]\}\n$/ : /^$/);
  });
}
