import test from 'ava';
import { type ConnectionAfter, noDenialShown } from '../../../../checks/acl/publication.ts';
import type { PublishOutcome } from '../../../../probes/mqtt/session.ts';

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

/** [answer; connection afterwards; whether it can prove a denial, on the lab's broker and on an external one] */
const ATTEMPTS: readonly (readonly [PublishOutcome | 'nothing', ConnectionAfter, ours: boolean, there: boolean])[] = [
  [acknowledged(0), 'answered', true, true],
  [{ kind: 'sent' }, 'answered', true, true],
  ['nothing', 'answered', false, true],
  [{ kind: 'closed', reason: 'x' }, 'closed', false, true],
  ['nothing', 'silent', false, false],
];

for (const [answer, connection, ours, there] of ATTEMPTS) {
  test(`whether ${JSON.stringify(answer)} with the connection ${connection} can prove a denial`, (t) => {
    t.is(noDenialShown({ answer, connection }, 'lab') === undefined, ours);
    t.is(noDenialShown({ answer, connection }, 'external') === undefined, there);
  });
}
