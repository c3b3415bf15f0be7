import test from 'ava';
import { judgeClientTopics, type Wrong } from '../../../../checks/acl/client-id.ts';
import type { ConnectionAfter } from '../../../../checks/acl/publication.ts';
import { nonce } from '../../../../checks/harness/messages.ts';
import { freshClientId } from '../../../../probes/mqtt/session.ts';
import type { Verdict } from '../../../../records/record.ts';
import { sourcesOf } from '../../docs/_sources.ts';

const MUCH: Wrong = { kind: 'too much', text: 'reached' };
const LITTLE: Wrong = { kind: 'too little', text: 'did not reach' };

/** [what was wrong; the connections afterwards; verdict on the lab's broker and on an external one] */
const CASES: readonly (readonly [readonly Wrong[], readonly ConnectionAfter[], ours: Verdict, there: Verdict])[] = [
  [[], ['answered', 'answered'], 'pass', 'pass'],
  [[LITTLE], ['answered'], 'fail', 'fail'],
  [[MUCH], ['answered'], 'fail', 'fail'],
  [[MUCH, LITTLE], ['closed'], 'fail', 'fail'],
  [[LITTLE], ['closed'], 'fail', 'skipped'],
  [[], ['closed'], 'fail', 'pass'],
  [[], ['silent'], 'fail', 'fail'],
];

for (const [wrong, after, ours, there] of CASES) {
  test(`judges ${JSON.stringify(wrong.map(({ kind }) => kind))} with the connections ${after}`, (t) => {
    t.is(judgeClientTopics(wrong, after, 'lab').verdict, ours);
    t.is(judgeClientTopics(wrong, after, 'external').verdict, there);
  });
}

test('names what was too much first', (t) => {
  t.is(judgeClientTopics([LITTLE, MUCH], ['closed'], 'lab').reason, 'reached');
});

// docs/lab-file.md has the client ids for which the versions of Mosquitto differ
test('checks use client ids for which all versions of Mosquitto answer alike', (t) => {
  for (const id of [freshClientId(), `lab-${nonce()}`]) t.regex(id, /^lab-[0-9a-f]+$/);
  const written = [...sourcesOf(['checks', 'probes']).matchAll(/\bclientId\s*[:=]\s*(`[^`]*`|'[^']*')/g)];
  // 'any' only stands for an id where packets are compared
  t.deepEqual(new Set(written.map(([, id]) => id)), new Set(['`lab-${nonce()}`', "'any'"]));
});
