import test from 'ava';
import { judgeRetained, type RetainedSeen } from '../../../../checks/retained/served.ts';

const set: RetainedSeen = { served: 'the first message', retain: true, atItsQoS: true };
const served: RetainedSeen = { ...set, established: { copies: 1, retain: false } };
const cleared: RetainedSeen = { served: 'nothing', before: 'the first message' };

/** [expected, observed; reason of the failure] */
const rows: readonly (readonly [expected: RetainedSeen, observed: RetainedSeen, reason: RegExp | undefined])[] = [
  [set, set, undefined],
  [served, served, undefined],
  [cleared, cleared, undefined],
  [set, { served: 'nothing' }, /^a new subscription was served nothing, not the first message$/],
  [set, { ...set, served: '"of somebody else"' }, /served "of somebody else"/],
  [set, { ...set, retain: false }, /without the RETAIN flag/],
  [set, { ...set, atItsQoS: false }, /at another QoS/],
  [served, { ...served, established: { copies: 1, retain: true } }, /an established subscription received it with/],
  [served, { ...served, established: { copies: 2, retain: false } }, /received 2 copies/],
  [cleared, { ...cleared, before: 'nothing' }, /^at first a new subscription was served nothing/],
  [cleared, { ...set, before: 'the first message' }, /served the first message, not nothing/],
];

for (const [expected, observed, reason] of rows) {
  test(`expected ${JSON.stringify(expected)}, observed ${JSON.stringify(observed)}`, (t) => {
    const finding = judgeRetained(expected, observed);
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail');
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}
