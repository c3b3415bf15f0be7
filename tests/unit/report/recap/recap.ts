import test from 'ava';
import type { CheckRecord, Verdict } from '../../../../records/record.ts';
import { results } from '../../../../records/results.ts';
import { recap } from '../../../../report/recap/recap.ts';
import { recordOf } from '../../records/_record.ts';

const plain = (_style: unknown, text: string) => text;

function record(fields: Partial<CheckRecord> = {}): CheckRecord {
  return recordOf(fields.id ?? 'auth.anonymous.v311', {
    claim: 'no client gets in without a name',
    verdict: 'pass',
    expected: { code: 5 },
    observed: { code: 5 },
    startedAt: 1_000,
    durationMs: 200,
    ...fields,
  });
}

test('shows claim, reason, expected and observed values of a failure before what passed', (t) => {
  const failure = record({ verdict: 'fail', observed: { code: 0 }, reason: 'let in', statement: 'MQTT-3.2.2-5' });
  const lines = recap([record({ id: 'will.clean.sam' }), failure], plain);
  t.deepEqual(lines.slice(0, 6), [
    '✗ 2 checks in 0.2 s: 1 passed, 1 failed',
    '  ✗ auth.anonymous.v311  0.2 s',
    '      claim     no client gets in without a name [MQTT-3.2.2-5]',
    '      reason    let in',
    '      expected  {"code":5}',
    '      observed  {"code":0}',
  ]);
  t.is(lines.at(-1), '  ✓ will.clean.sam  0.2 s');
});

test('prints each advice of the checks once, and how to find unknown causes', (t) => {
  let made = 0;
  const failed = (advice?: string) => {
    made += 1;
    return record({ id: `acl.n${made}`, verdict: 'fail', ...(advice === undefined ? {} : { advice }) });
  };
  const linesOf = (...failures: ReturnType<typeof failed>[]) =>
    recap(failures, plain).filter((line) => /^ {6}(try|cause)/.test(line));
  t.deepEqual(linesOf(failed('./lab up'), failed('./lab up')), ['      try       ./lab up']);
  t.regex(linesOf(failed()).join('\n'), /^ {6}cause {5}unknown: \.\/lab report latest [^\n]*$/);
  t.regex(linesOf(failed(), failed('./lab up')).join('\n'), /try {7}\.\/lab up\n {6}cause {5}unknown for 1 of them/);
});

test('counts many passed checks by family, so that they fit a screen', (t) => {
  const many = Array.from({ length: 300 }, (_, index) =>
    record({ id: `${index % 2 === 0 ? 'auth' : 'acl'}.n${index}` }),
  );
  t.deepEqual(recap(many, plain), [
    '✓ 300 checks in 0.2 s: 300 passed',
    '  ✓ auth      150 passed, the longest took 0.2 s',
    '  ✓ acl       150 passed, the longest took 0.2 s',
  ]);
});

test('shortens many failures and skips to a screen', (t) => {
  const families = ['install', 'auth', 'acl', 'qos', 'will'] as const;
  const failed = Array.from({ length: 130 }, (_, index) =>
    record({ id: `${families[index % 5] ?? 'acl'}.n${index}`, verdict: 'fail', reason: `seen ${'x'.repeat(index)}` }),
  );
  const passed = Array.from({ length: 130 }, (_, index) => record({ id: `${families[index % 5] ?? 'acl'}.p${index}` }));
  const skips = Array.from({ length: 30 }, (_, index) =>
    record({ id: `will.n${index}`, verdict: 'skipped', reason: `no Pi ${index % 10}` }),
  );
  const lines = recap([...failed, ...passed, ...skips], plain);
  t.is(lines.at(-1), '  – 12 skipped for other reasons');
  t.is(lines.filter((line) => line.includes('claim')).length, 3);
  t.true(lines.includes('  ✗ 121 more failed'));
  t.true(lines.length <= 45);
});

test('one cause is one entry, with the number of other checks that it concerns', (t) => {
  const reason = 'pi cannot connect to 198.18.0.2 port 1883';
  const reach = record({ id: 'reach.pi', verdict: 'fail', reason });
  const unjudged = Array.from({ length: 41 }, (_, index) =>
    record({ id: `will.n${index}`, verdict: 'inconclusive', reason: `reach.pi: ${reason}` }),
  );
  const lines = recap([...unjudged, reach], plain);
  t.is(lines.filter((line) => /[✗?] /.test(line)).length, 2);
  t.regex(lines.join('\n'), /✗ reach\.pi .*also {6}41 checks could not be judged for the same reason \(will\.n0, /s);
});

test('prints each explanation of deviations and skips once, with the number and ids of its checks', (t) => {
  const of = (verdict: Verdict, reason: string, ...names: string[]) =>
    names.map((name) => record({ id: `will.${name}`, verdict, reason }));
  const lines = recap(
    [
      record(),
      ...of('skipped', 'no user may see it', 'a'),
      ...of('deviation', 'no will (issue 3509)', 'b', 'c', 'd'),
      ...of('deviation', 'a name ends at a NUL', 'e'),
      ...of('skipped', 'no Pi', 'f', 'g'),
    ],
    plain,
    'quick',
  );
  t.deepEqual(lines, [
    '✓ 8 checks (quick) in 0.2 s: 1 passed, 4 known deviations, 3 skipped',
    '  ✓ auth.anonymous.v311  0.2 s',
    '  ≈ 3 known deviations: no will (issue 3509) (will.b, will.c, …)',
    '  ≈ 1 known deviation: a name ends at a NUL (will.e)',
    '  – 2 skipped: no Pi (will.f, will.g)',
    '  – 1 skipped: no user may see it (will.a)',
  ]);
});

test('explains all of a few failures', (t) => {
  const failed = Array.from({ length: 5 }, (_, index) => record({ id: `acl.n${index}`, verdict: 'fail' }));
  t.is(recap(failed, plain).filter((line) => line.includes('claim')).length, 5);
});

test('counts the rights that are not observable in the headline', (t) => {
  const subject = { kind: 'right', user: 'sam', topic: 'log', right: 'publish' } as const;
  const skipped = (id: CheckRecord['id']) => record({ id, verdict: 'skipped', subject });
  const other = record({ id: 'acl.queue.log', verdict: 'skipped' });
  const [two] = recap([record(), skipped('acl.publish.log.sam'), skipped('acl.subscribe.log.sam'), other], plain);
  t.is(two, '✓ 4 checks in 0.2 s: 1 passed, 3 skipped (2 rights not observable)');
  const [one] = recap([record(), skipped('acl.publish.log.sam')], plain);
  t.is(one, '✓ 2 checks in 0.2 s: 1 passed, 1 skipped (1 right not observable)');
});

test('fails without records', (t) => {
  t.deepEqual(recap([], plain), ['✗ 0 checks: 0 passed; no check had a result']);
  t.is(results([]).verdict, 'fail');
});

test('fails where all checks were skipped, and passes where all are known deviations', (t) => {
  const skipped = [record({ verdict: 'skipped', reason: 'no Pi' })];
  t.is(results(skipped).verdict, 'fail');
  t.is(recap(skipped, plain)[0], '✗ 1 check in 0.2 s: 0 passed, 1 skipped; no check had a result');
  t.is(recap([record({ verdict: 'deviation' })], plain)[0], '✓ 1 check in 0.2 s: 0 passed, 1 known deviation');
});

test('escapes control characters of a broker', (t) => {
  const [, , , reason] = recap([record({ verdict: 'fail', reason: 'red \u001b[31m' })], plain);
  t.is(reason, '      reason    red \\x1b[31m');
});

test('a run with a check that could not be judged is inconclusive, one with a failure fails', (t) => {
  const unjudged = record({ id: 'will.b', verdict: 'inconclusive', reason: 'the lab is too slow' });
  t.is(results([record(), unjudged]).verdict, 'inconclusive');
  t.is(results([record(), unjudged, record({ id: 'auth.c', verdict: 'fail' })]).verdict, 'fail');
  const [headline = '', ...lines] = recap([record(), unjudged], plain);
  t.regex(headline, /^✗ 2 checks.*: 1 passed, 1 inconclusive$/);
  t.true(lines.some((line) => /\? 1 inconclusive: the lab is too slow \(will\.b\)$/.test(line)));
});

test('counts and sorts in the JSON object, and fails with one failure', (t) => {
  const all = results([
    record({ id: 'will.b' }),
    record({ id: 'acl.a', verdict: 'skipped' }),
    record({ id: 'auth.c', verdict: 'fail' }),
  ]);
  t.is(all.verdict, 'fail');
  t.deepEqual(all.counts, { pass: 1, fail: 1, deviation: 0, skipped: 1, inconclusive: 0 });
  t.deepEqual(
    all.checks.map(({ id }) => id),
    ['acl.a', 'auth.c', 'will.b'],
  );
  t.is(results([record(), record({ id: 'qos.a', verdict: 'skipped' })]).verdict, 'pass');
});
