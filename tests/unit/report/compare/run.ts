import test from 'ava';
import { parseRun } from '../../../../report/compare/run.ts';

const parsed = (value: unknown) => parseRun('r', '/r/results.json', JSON.stringify(value));

test('records and environment of a results.json', (t) => {
  const found = parsed({
    verdict: 'pass',
    checks: [{ id: 'acl.a', verdict: 'pass', claim: 'c', expected: 1, observed: { a: 2 }, reason: 'r' }],
    environment: { lab: 'l', scope: 'quick', broker: { address: 'b', port: 1, version: 'mosquitto 2.0.11' }, pis: [] },
  });
  if (typeof found === 'string') return t.fail(found);
  t.like(found.records.get('acl.a'), { verdict: 'pass', observed: { a: 2 }, reason: 'r' });
  t.like(found.environment, { lab: 'l', scope: 'quick', broker: { version: 'mosquitto 2.0.11' } });
  t.is(found.unreadable, 0);
});

test('a run of an earlier version, or one that was tampered with: what can be read counts', (t) => {
  const found = parsed({
    checks: [{ id: 'acl.a', verdict: 'pass' }, { id: 'acl.b', verdict: 'great' }, 7, null, { verdict: 'pass' }],
    environment: { lab: 7, pis: 'none', node: '20.20.2', clients: [1] },
  });
  if (typeof found === 'string') return t.fail(found);
  t.deepEqual([...found.records.keys()], ['acl.a']);
  t.is(found.unreadable, 4);
  t.is(found.environment.node, '20.20.2');
  t.is(found.environment.lab, undefined);
});

for (const [name, text, told] of [
  ['nothing', '', /^it is not JSON: /],
  ['half a file', '{"checks": [', /^it is not JSON: /],
  ['a list', '[]', /no list of checks/],
  ['null', 'null', /no list of checks/],
  ['another object', '{"checks": {}}', /no list of checks/],
] as const) {
  test(`${name} is told`, (t) => {
    const found = parseRun('r', '/r', text);
    t.regex(typeof found === 'string' ? found : '', told);
  });
}
