import test from 'ava';
import { type ConnectionAfter, noDenialShown } from '../../../../checks/acl/publication.ts';
import type { PublishOutcome } from '../../../../probes/mqtt/session.ts';

const acknowledged = (code: number): PublishOutcome => ({ kind: 'acknowledged', code });

/** [answer; what became of the client; why nothing is shown, on the lab's own broker and on another] */
const ATTEMPTS: readonly (readonly [PublishOutcome | 'nothing', ConnectionAfter, ours: boolean, there: boolean])[] = [
  [acknowledged(0), 'answered', true, true],
  [{ kind: 'sent' }, 'answered', true, true],
  ['nothing', 'answered', false, true],
  [{ kind: 'closed', reason: 'x' }, 'closed', false, true],
  ['nothing', 'silent', false, false],
];

for (const [answer, connection, ours, there] of ATTEMPTS) {
  test(`whether a denial can be taken from it: ${JSON.stringify(answer)}, ${connection}`, (t) => {
    t.is(noDenialShown({ answer, connection }, 'lab') === undefined, ours);
    t.is(noDenialShown({ answer, connection }, 'external') === undefined, there);
  });
}
