import test from 'ava';
import { InputError, LabError } from '../../../../base/errors.ts';
import { failureJson } from '../../../../records/results.ts';
import { summary } from '../../../../report/summary/summary.ts';
import { recordOf, resultsOf } from '../page/_results.ts';

const FAILED = recordOf('acl.subscribe.x', {
  verdict: 'fail',
  claim: 'alice may read status',
  statement: 'MQTT-3.8.4-1',
  reason: 'no message within 2 s',
  expected: { tookEffect: true },
  observed: { tookEffect: false },
  advice: './lab up restores lab.acl',
});

test('begins with the verdict, and counts the checks', (t) => {
  const lines = summary({ run: resultsOf([recordOf('auth.a'), FAILED]) }).split('\n');
  t.is(lines[0], '## `fixture`: ✗ failed');
  t.is(lines[2], '**1 passed, 1 failed** in 44 s (default)');
});

test('explains a failed check: claim, reason, expected, observed and what to try', (t) => {
  const text = summary({ run: resultsOf([FAILED]) });
  t.regex(text, /### Failed and inconclusive checks\n\n- \*\*`acl\.subscribe\.x`\*\* failed\n/);
  for (const line of [
    'claim: alice may read status (MQTT-3.8.4-1)',
    'reason: no message within 2 s',
    'expected: `{"tookEffect":true}`',
    'observed: `{"tookEffect":false}`',
    'try: ./lab up restores lab.acl',
  ])
    t.true(text.includes(`\n  - ${line}\n`), line);
});

test('says that a cause is unknown, and names the checks with the same one', (t) => {
  const same = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    recordOf(`will.${name}`, { verdict: 'fail', reason: 'no last will' }),
  );
  const text = summary({ run: resultsOf(same) });
  t.regex(text, /try: the cause is unknown; .*report\.html/);
  t.regex(text, /also: 4 more checks failed for the same reason: `will\.b`, `will\.c`, `will\.d`, …\n/);
});

test('an inconclusive run passes nothing off as passed', (t) => {
  const late = recordOf('qos.a', { verdict: 'inconclusive', reason: 'no time left' });
  const text = summary({ run: resultsOf([recordOf('auth.a'), late]) });
  t.regex(text, /^## `fixture`: \? inconclusive\n/);
  t.regex(text, /\*\*`qos\.a`\*\* inconclusive/);
  // its reason says it
  t.notRegex(text, /the cause is unknown/);
});

test('has each known deviation once, and the versions', (t) => {
  const known = ['a', 'b'].map((name) =>
    recordOf(`will.${name}`, { verdict: 'deviation', reason: 'no will [issue 3509]' }),
  );
  const text = summary({ run: resultsOf([recordOf('auth.a'), ...known]) });
  t.regex(text, /### Known deviations\n\n- 2 checks: no will \\\[issue 3509\\\] \(`will\.a`, `will\.b`\)\n/);
  t.regex(
    text,
    /### Versions\n\n- broker: mosquitto 2\.0\.11\n- `this machine`: mqtt\.js 5\.16\.0, Debian GNU\/Linux 12/,
  );
  t.regex(text, /\n- Node 20\.19\.0\n/);
});

test('has the hosts of up, with the whole error of one that failed', (t) => {
  const error = 'pi: install packages: apt-get failed\n  try: ``` apt-get update';
  const hosts = [
    { host: 'broker', state: 'changed', changes: ['a', 'b'], left: 0, durationMs: 1 },
    { host: 'pi', state: 'failed', changes: [], left: 1, durationMs: 1, error },
  ] as const;
  const text = summary({ run: { verdict: 'fail', hosts } });
  t.regex(
    text,
    /^## mqtt-lab: ✗ failed\n\n### Hosts\n\n- `broker` changed, 2 changes\n- `pi` failed\n\n {2}````text\n {2}pi: install/,
  );
});

test('has what kept the command from running', (t) => {
  const trouble = { subject: 'docker', step: 'find the engine', happened: 'none answers', advice: 'start it' };
  const text = summary({ failure: failureJson(new LabError(trouble, 'could-not-run')) });
  t.is(
    text,
    '## mqtt-lab: ✗ failed\n\n### Error\n\n```text\ndocker: find the engine: none answers\n  try: start it\n```\n',
  );
  t.regex(
    summary({ failure: failureJson(new InputError(['lab.yaml:1:1: a*b'])) }),
    /### Mistakes.*\n\n- lab\.yaml:1:1: a\\\*b\n/,
  );
});

test('keeps what a failed command had done before', (t) => {
  const hosts = [{ host: 'pi', state: 'ok', changes: [], left: 0, durationMs: 1 }] as const;
  const failure = failureJson(new Error('the broker is silent'));
  t.regex(
    summary({ run: { verdict: 'pass', hosts }, failure }),
    /^## mqtt-lab: ✗ failed[\s\S]*is silent[\s\S]*`pi` ok/,
  );
});

test('shows names with Markdown, HTML and line breaks as they are', (t) => {
  const hostile = '`x`|<script>\n# [a](b) @all';
  const check = recordOf(`acl.publish.${hostile}`, {
    verdict: 'fail',
    claim: hostile,
    reason: hostile,
    expected: hostile,
    observed: hostile,
  });
  const text = summary({ run: resultsOf([check], { lab: hostile }) });
  for (const line of text.split('\n').slice(1)) t.regex(line, /^($|\*\*|### |- | {2}- )/);
  const outside = text.replaceAll(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '');
  t.notRegex(outside, /(?<!\\)[<|]|@(?!&)|(?<!\\)\[/);
});

test('says how many runs of a series passed', (t) => {
  const { counts, ...results } = resultsOf([FAILED]);
  const of = (verdict: 'pass' | 'fail') => ({ verdict, counts, folder: 'f', durationMs: 1 });
  const text = summary({ run: { ...results, counts, wanted: 3, runs: [of('pass'), of('fail')] } });
  t.regex(text, /\n\n1 of 3 runs passed\n/);
});

test('stays small for a run with a thousand failures', (t) => {
  const many = Array.from({ length: 1_000 }, (_, index) =>
    recordOf(`acl.publish.${index}`, {
      verdict: 'fail',
      reason: `reason ${'x'.repeat(index)}`,
      observed: 'y'.repeat(9_000),
    }),
  );
  t.true(summary({ run: resultsOf(many) }).length < 300_000);
});
