import test from 'ava';
import { planHost } from '../../../provisioning/plan-host.ts';
import { type Item, NO_FACTS, type Resource } from '../../../provisioning/resources/resource.ts';

const FILE: Item = { action: 'create', kind: 'file', name: '/a' };
const change = (summary: string) => ({ summary, script: 'true', timeoutMs: 1 });
const resource = (id: string, plan: Resource['plan']): Resource => ({ id, queries: [], plan });

test('shows a resource the earlier planned changes, without unchanged things', (t) => {
  const seen: (readonly Item[])[] = [];
  const watching: Resource['plan'] = (_, earlier) => {
    seen.push(earlier);
    return { items: [] };
  };
  const unchanged: Item = { action: 'unchanged', kind: 'package', name: 'p' };
  planHost(
    [
      resource('files', () => ({ items: [FILE], change: change('write') })),
      resource('packages', () => ({ items: [unchanged] })),
      resource('service', watching),
    ],
    NO_FACTS,
  );
  t.deepEqual(seen, [[FILE]]);
});

test('lists steps in order with their resource, and each thing once', (t) => {
  const check: Item = { action: 'unchanged', kind: 'check', name: 'clients only' };
  const checks = resource('clients only', () => ({ items: [check] }));
  const { items, steps } = planHost(
    [checks, resource('files', () => ({ items: [FILE], change: change('write') })), checks],
    NO_FACTS,
  );
  t.deepEqual(items, [check, FILE]);
  t.deepEqual(
    steps.map((step) => `${step.resource}: ${step.change.summary}`),
    ['files: write'],
  );
});
