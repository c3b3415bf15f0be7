import test from 'ava';
import type { Scope } from '../../../../checks/harness/check.ts';
import { mistakesOf } from '../../../../checks/run/only.ts';

const CHECKS = [
  { id: 'qos.matrix.q1.q2.v5' },
  { id: 'qos.exactly-once.v311', scope: 'default' },
  { id: 'qos.exactly-once.v5', scope: 'default' },
  { id: 'will.rst.v311' },
  { id: 'restart.stop.will', scope: 'disruptive' },
] as const;

const FAMILIES = 'install, auth, acl, qos, session, retained, keepalive, will, restart';

const ROWS: readonly (readonly [only: string | undefined, scope: Scope, mistakes: readonly string[]])[] = [
  [undefined, 'quick', []],
  ['qos', 'quick', []],
  ['*.v311, qos.matrix', 'quick', []],
  ['nonsense', 'default', [`--only nonsense: no check has such an id; ids begin with ${FAMILIES}`]],
  ['qos,nonsense', 'default', [`--only nonsense: no check has such an id; ids begin with ${FAMILIES}`]],
  ['*.v4', 'default', [`--only *.v4: no check has such an id; ids begin with ${FAMILIES}`]],
  ['qos.2.*', 'default', ['--only qos.2.*: no check has such an id; ids begin with qos.exactly-once, qos.matrix']],
  ['restart', 'default', ['--only restart: such checks run with --disruptive only']],
  ['restart', 'disruptive', []],
  ['will,qos.exactly-once', 'quick', ['--only qos.exactly-once: such checks are no part of --quick']],
  ['', 'default', ["--only '': a pattern is empty"]],
  ['qos,,will', 'default', ["--only 'qos,,will': a pattern is empty"]],
];

for (const [only, scope, mistakes] of ROWS) {
  test(`--only ${only === undefined ? 'left out' : `'${only}'`}, ${scope}: ${mistakes.length} mistakes`, (t) => {
    t.deepEqual(mistakesOf({ only, scope }, CHECKS), mistakes);
  });
}
