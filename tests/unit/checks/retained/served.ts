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
  [set, { served: 'nothing' }, /subscription received nothing, not the first message$/],
  [set, { ...set, served: 'another message' }, /subscription received another message, not the first message$/],
  [set, { ...set, retain: false }, /without the RETAIN flag/],
  [set, { ...set, atItsQoS: false }, /at another QoS/],
  [served, { ...served, established: { copies: 1, retain: true } }, /an established subscription received it with/],
  [served, { ...served, established: { copies: 2, retain: false } }, /received 2 copies/],
  [cleared, { ...cleared, before: 'nothing' }, /^at first .* received nothing/],
  [cleared, { ...set, before: 'the first message' }, /received the first message, not nothing/],
];

for (const [expected, observed, reason] of rows) {
  test(`${reason === undefined ? 'passes' : 'fails'}: expected ${JSON.stringify(expected)}, observed ${JSON.stringify(observed)}`, (t) => {
    const finding = judgeRetained(expected, observed);
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail');
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}
