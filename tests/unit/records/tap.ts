import test from 'ava';
import { parse } from 'yaml';
import { leftOutReason } from '../../../records/left-out.ts';
import type { CheckRecord } from '../../../records/record.ts';
import { results } from '../../../records/results.ts';
import { tapBailOut, tapLines } from '../../../records/tap.ts';
import { recordOf } from './_record.ts';

const record = (fields: Partial<CheckRecord>) =>
  recordOf('acl.a', { claim: 'sam may publish', durationMs: 7, ...fields });

/** [record; its lines] */
const points: readonly (readonly [fields: Partial<CheckRecord>, lines: readonly string[]])[] = [
  [{}, ['ok 1 - acl.a: sam may publish']],
  [{ id: 'acl.%2E', claim: 'the filter # \\ and\n+' }, ['ok 1 - acl.%2E: the filter \\# \\\\ and +']],
  [{ verdict: 'skipped', reason: 'no Pi # here' }, ['ok 1 - acl.a: sam may publish # SKIP no Pi \\# here']],
  [
    { verdict: 'inconclusive', reason: 'too slow' },
    [
      'not ok 1 - acl.a: sam may publish',
      ...[
        '  ---',
        '  verdict: inconclusive',
        '  reason: too slow',
        '  expected: 1',
        '  observed: 1',
        '  durationMs: 7',
        '  ...',
      ],
    ],
  ],
  [
    { verdict: 'fail', reason: 'seen', statement: 'MQTT-3.3.5-2', host: 'pi' },
    [
      'not ok 1 - acl.a: sam may publish',
      '  ---',
      '  verdict: fail',
      '  reason: seen',
      '  statement: MQTT-3.3.5-2',
      '  expected: 1',
      '  observed: 1',
      '  host: pi',
      '  durationMs: 7',
      '  ...',
    ],
  ],
];

for (const [fields, lines] of points) {
  test(`writes the test point of ${JSON.stringify(fields)}`, (t) => {
    t.deepEqual(tapLines({ checks: [record(fields)] }), ['TAP version 14', '1..1', ...lines]);
  });
}

test('writes any diagnostic as YAML, and a known deviation as ok', (t) => {
  const reason = '...\n---\n\u001b[31m: "x" # y';
  const [, , point, ...block] = tapLines({
    checks: [record({ verdict: 'deviation', reason, observed: { a: [null] } })],
  });
  t.is(point, 'ok 1 - acl.a: sam may publish');
  t.is(block[0], '  ---');
  t.is(block.at(-1), '  ...');
  t.true(block.slice(1, -1).every((line) => line.startsWith('  ') && !/^ {2}(---|\.\.\.)/.test(line)));
  t.like(parse(block.slice(1, -1).join('\n')), { verdict: 'deviation', reason, observed: { a: [null] } });
});

test('writes a run without checks, and a run that could not start', (t) => {
  t.deepEqual(tapLines({ checks: [] }), ['TAP version 14', '1..0']);
  t.deepEqual(tapBailOut('no broker\n  at all'), ['TAP version 14', 'Bail out! no broker   at all']);
});

test('counts what the run left out, and makes no test points of it', (t) => {
  const left = recordOf('acl.b', { verdict: 'skipped', reason: leftOutReason('covered') });
  t.deepEqual(tapLines(results([recordOf('acl.a'), left])).slice(1), ['1..1', '# 1 left out', 'ok 1 - acl.a: c']);
});
