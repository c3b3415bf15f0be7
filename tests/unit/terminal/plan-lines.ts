import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import type { Item } from '../../../provisioning/resources/resource.ts';
import { changeCount, changeLines, planJson, planLines } from '../../../terminal/plan-lines.ts';

const plain = (_: unknown, text: string) => text;
const NETWORK: Item = { action: 'unchanged', kind: 'network', name: 'mqtt-lab-x', detail: '198.18.3.0/24' };
const ACL: Item = {
  action: 'change',
  kind: 'file',
  name: '/etc/lab.acl',
  detail: 'content',
  diff: '@@ -1,1 +1,1 @@\n-old\n+new',
};
const items: readonly Item[] = [
  { action: 'create', kind: 'package', name: 'mosquitto' },
  ACL,
  { action: 'remove', kind: 'process', name: '7 mosquitto' },
  { action: 'unknown', kind: 'host', name: 'what it contains', detail: 'known once it runs' },
];
const broker = { name: 'broker', place: { kind: 'local' }, items } as const;
const pi = {
  name: 'pi',
  place: { kind: 'container' },
  items: [{ action: 'unchanged', kind: 'container', name: 'pi' }],
} as const;
const plan = { docker: [NETWORK], hosts: [broker, pi] };

test('a line with its sign for each thing, the diff below it, the sum at the end', (t) => {
  t.deepEqual(planLines(plan, plain), [
    'docker',
    '  = network mqtt-lab-x (198.18.3.0/24)',
    'broker (this machine)',
    '  + package mosquitto',
    '  ~ file /etc/lab.acl (content)',
    '      @@ -1,1 +1,1 @@',
    '      -old',
    '      +new',
    '  - process 7 mosquitto',
    '  ? host what it contains (known once it runs)',
    'pi',
    '  = container pi',
    'plan: 1 to create, 1 to change, 1 to remove, 1 not known yet, 2 unchanged',
  ]);
});

test('up shows the changes alone, with the same sum', (t) => {
  const lines = changeLines(plan, plain);
  t.deepEqual(
    lines,
    planLines(plan, plain).filter((line) => !/^ {2}=|^docker|^pi/.test(line)),
  );
  t.deepEqual(changeLines({ docker: [NETWORK], hosts: [pi] }, plain), ['plan: nothing to change, 2 unchanged']);
});

test('what is unchanged is no change, what can not be known yet is one', (t) => {
  t.is(changeCount(plan), 4);
  t.is(changeCount({ docker: [NETWORK], hosts: [pi] }), 0);
});

test('prints the error of a host that could not be planned, and counts it in the sum', (t) => {
  const trouble = { subject: 'pi', step: 'ssh', happened: 'no answer', advice: 'look' };
  const failed = { docker: [], hosts: [{ ...pi, items: [], error: new LabError(trouble, 'could-not-run') }] };
  t.deepEqual(planLines(failed, plain), [
    'pi',
    '  pi: ssh: no answer',
    '    try: look',
    'plan: 1 host could not be checked, 0 unchanged',
  ]);
  t.deepEqual(planJson(failed), {
    changes: 0,
    docker: [],
    hosts: [{ host: 'pi', place: 'container', items: [], error: 'pi: ssh: no answer\n  try: look' }],
  });
});

test('a name or a file from a host writes no line of its own and steers no terminal', (t) => {
  const name = 'x\n  = all is well\u001b[2J';
  const hostile: Item = {
    action: 'remove',
    kind: 'file',
    name,
    detail: 'a\nb',
    diff: '@@ -1,1 +0,0 @@\n-\u001b]0;title\u0007\rgone',
  };
  const lines = planLines({ docker: [], hosts: [{ ...pi, items: [hostile] }] }, plain);
  t.deepEqual(lines.slice(1, -1), [
    '  - file x\\n  = all is well\\x1b[2J (a\\nb)',
    '      @@ -1,1 +0,0 @@',
    '      -\\x1b]0;title\\x07\\x0dgone',
  ]);
});
