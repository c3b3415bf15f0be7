import test from 'ava';
import type { Scope } from '../../../../checks/harness/check.ts';
import { isInScope, isSelected, mistakesOf } from '../../../../checks/run/selection.ts';

const CHECKS = [
  { id: 'qos.matrix.q1.q2.v5' },
  { id: 'qos.exactly-once.v311', scope: 'default' },
  { id: 'qos.exactly-once.v5', scope: 'default' },
  { id: 'will.rst.v311' },
  { id: 'restart.stop.will', scope: 'disruptive' },
] as const;

/** [patterns, scope, what each line of the error names] */
const ROWS: readonly (readonly [only: string | undefined, scope: Scope, mistakes: readonly RegExp[]])[] = [
  [undefined, 'quick', []],
  ['qos', 'quick', []],
  ['*.v311, qos.matrix', 'quick', []],
  [
    'nonsense',
    'default',
    [/^--only nonsense: .*install, tls, auth, acl, qos, session, retained, keepalive, will, restart$/],
  ],
  ['qos,nonsense', 'default', [/^--only nonsense: .*install, tls, auth, /]],
  ['*.v4', 'default', [/^--only \*\.v4: .*install, tls, auth, /]],
  ['qos.2.*', 'default', [/^--only qos\.2\.\*: .*begin with qos\.exactly-once, qos\.matrix$/]],
  ['restart', 'default', [/^--only restart: .*--disruptive/]],
  ['restart', 'disruptive', []],
  ['will,qos.exactly-once', 'quick', [/^--only qos\.exactly-once: .*--quick/]],
  ['', 'default', [/^--only '': .*empty/]],
  ['qos,,will', 'default', [/^--only 'qos,,will': .*empty/]],
];

for (const [only, scope, mistakes] of ROWS) {
  test(`finds ${mistakes.length} mistakes in --only ${only === undefined ? 'left out' : `'${only}'`}, scope ${scope}`, (t) => {
    const found = mistakesOf({ only, scope }, CHECKS);
    t.is(found.length, mistakes.length);
    for (const [index, mistake] of mistakes.entries()) t.regex(found[index] ?? '', mistake);
  });
}

const IDS: readonly [id: string, only: string | undefined, expected: boolean][] = [
  ['acl.publish.status.sam', undefined, true],
  ['acl.publish.status.sam', 'acl', true],
  ['acl.publish.status.sam', 'ac', false],
  ['acl.publish.status.sam', 'will, acl.publish', true],
  ['acl.publish.status.sam', '*.sam', true],
  ['acl.publish.status.sam', '*sub*', false],
  ['qos.1.a', 'qos.+.a', false],
  ['qos.1.a', 'qosx1', false],
];

for (const [id, only, expected] of IDS) {
  test(`--only ${only ?? 'left out'} ${expected ? 'selects' : 'leaves out'} ${id}`, (t) => {
    t.is(isSelected(id, only), expected);
  });
}

test('includes the checks of the scope and of smaller scopes', (t) => {
  t.deepEqual(
    (['quick', 'default', 'disruptive'] as const).map((wanted) => [
      isInScope({}, wanted),
      isInScope({ scope: 'default' }, wanted),
      isInScope({ scope: 'disruptive' }, wanted),
    ]),
    [
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ],
  );
});
