import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import { willConclusions } from '../../../../../report/page/analysis/will-conclusions.ts';
import { willRows } from '../../../../../report/page/analysis/will-rows.ts';
import { resultsOf } from '../_results.ts';
import { lost, willRecords } from '../_wills.ts';

const whole = willRecords();

/** Replaces the records whose id begins with a text; undefined removes them. */
function changed(prefix: string, change: (record: CheckRecord) => CheckRecord | undefined): CheckRecord[] {
  return whole.flatMap((record) => (record.id.startsWith(prefix) ? (change(record) ?? []) : [record]));
}

const without = (prefix: string) => changed(prefix, () => undefined);
const late = (ms: number) => (record: CheckRecord) => lost(record.id, 'late', { willAfterMs: ms, keepAlive: 5 });
const none = (record: CheckRecord) => lost(record.id, 'none', { verdict: 'fail', keepAlive: 5 });
/** A broker that follows the standard, or nearly, where its version is known to deviate. */
const better =
  (ms: number, more: { readonly delayS?: number } = {}) =>
  (record: CheckRecord) =>
    lost(record.id, 'better', { willAfterMs: ms, verdict: 'fail', reason: 'known to deviate', ...more });
/** A subscriber's last will on another topic than the publisher's. */
function onOther(record: CheckRecord): CheckRecord {
  const { subject } = record;
  if (subject?.kind !== 'last will' || subject.role !== 'subscriber') return record;
  return { ...record, subject: { ...subject, topic: 'other' } };
}
const withoutCut = whole.filter(({ id }) => !/silent.*\.pi$/.test(id));

type Outcome = ReturnType<typeof willConclusions>[number]['outcome'];

/** [what was measured; records; facts in the text; outcome] */
const CASES: readonly (readonly [string, readonly CheckRecord[], RegExp, Outcome])[] = [
  ['a goodbye', whole, /discards the last will: none came in 2 checks.*0x04 it came after 4 ms/, 'confirmed'],
  [
    'a will after a goodbye',
    changed('will.clean.', late(5)),
    /in spite of a clean DISCONNECT in 2 of 2 checks/,
    'contradicted',
  ],
  ['no goodbye', without('will.clean.'), /tried no clean DISCONNECT/, 'inconclusive'],
  [
    'programs closed',
    whole,
    /FIN once, RST once, by its own table.*last will arrived after 6 ms to 43 ms/,
    'confirmed',
  ],
  [
    'programs closed, their kernels not asked',
    changed('will.killed.', late(40)),
    /How the kernels of the killed processes closed their connections is unknown/,
    'confirmed',
  ],
  [
    'a program whose will came late',
    changed('will.killed.', late(9_000)),
    /did not come at once after: process killed/,
    'contradicted',
  ],
  ['no program closed', without('will.killed.'), /killed no process/, 'inconclusive'],
  [
    'closed by the broker',
    whole,
    /it publishes the last will itself: it arrived after 8 ms to 9 ms\. .*FIN 4 times/,
    'confirmed',
  ],
  [
    'closed by the broker without a will',
    changed('will.protocol-error', none),
    /without a last will at once in 2 of 4 checks/,
    'contradicted',
  ],
  [
    'closed by the broker after malformed packets alone',
    without('will.takeover-clean'),
    /closes the connection, after a malformed packet, it publishes/,
    'confirmed',
  ],
  [
    'taken over alone',
    without('will.protocol-error'),
    /closes the connection, because another connection took the client id, it publishes/,
    'confirmed',
  ],
  [
    'not closed by the broker',
    whole.filter(({ id }) => !/error|clean/.test(id)),
    /broker closed no connection/,
    'inconclusive',
  ],
  [
    'an outage',
    whole,
    /keep alive 5 s, so from 7.5 s on\), and the last will came after 9\.7 s of silence\. The cut network swallowed 6 segments from the broker and 2 segments from the clients/,
    'confirmed',
  ],
  ['an outage without a will', changed('will.silent.', none), /exactly one last will in 2 of 2 checks/, 'contradicted'],
  [
    'an outage that was known too soon',
    changed('will.silent.', late(900)),
    /before its keep alive had passed, after 900 ms/,
    'contradicted',
  ],
  [
    'no Pi to cut off',
    withoutCut,
    /its socket stays open, and its kernel still acknowledges .* came after 9\.1 s of silence\. .* a Pi\.$/,
    'confirmed',
  ],
  [
    'a silent client against a program',
    withoutCut,
    /quickest silence of a client after 9\.1 s, .* at least 211 times/,
    'confirmed',
  ],
  [
    'a keep alive that the broker is late with',
    whole,
    /within one and a half times .* up to 2\.2 s late/,
    'contradicted',
  ],
  [
    'a keep alive that the broker keeps',
    changed('will.silent.', late(8_000)),
    /observed one and a half times/,
    'confirmed',
  ],
  ['no outage', without('will.silent.'), /tried no network outage/, 'inconclusive'],
  [
    'outage against program',
    whole,
    /quickest outage after 9\.7 s, the slowest end of a program after 43 ms: at least 225 times/,
    'confirmed',
  ],
  [
    'an outage as quick as a program',
    changed('will.killed.', late(9_800)),
    /quickest outage sooner than the slowest end of a program: after 9\.7 s against after 9\.8 s/,
    'contradicted',
  ],
  ['a stop of the broker', whole, /stops cleanly publishes the last wills .* after 102 ms/, 'confirmed'],
  ['a stop without wills', changed('restart.stop', none), /clean stop of the broker left no last will/, 'contradicted'],
  ['no stop', without('restart'), /--disruptive does/, 'inconclusive'],
  ['both roles', whole, /equally many in each of 14 pairs/, 'confirmed'],
  ['roles that differ', changed('will.rst.subscriber', none), /differ after: RST\./, 'contradicted'],
  [
    'one role',
    whole.filter(({ id }) => !id.includes('subscriber')),
    /only a publisher or only a subscriber/,
    'inconclusive',
  ],
  [
    'roles on different topics',
    changed('will.', onOther),
    /^No publisher and subscriber .* in the same way on one topic/,
    'inconclusive',
  ],
  [
    'a delay',
    whole,
    /will delay of 2 s over MQTT 5 the last will came after 2\.9 s\..*it was back after 20 ms/,
    'confirmed',
  ],
  ['a delay not kept', changed('will.delay.', none), /did not observe the will delay/, 'contradicted'],
  [
    'a second CONNECT',
    whole,
    /second CONNECT .*: none came, as this version of the broker is known to do/,
    'contradicted',
  ],
  [
    'a second CONNECT by the standard',
    changed('will.second-connect', late(5)),
    /second CONNECT .*: one came after 5 ms, as the standard requires\.$/,
    'confirmed',
  ],
  [
    'a second CONNECT by the standard, where the version is known for none',
    changed('will.second-connect', better(45)),
    /second CONNECT .*: one came after 45 ms, as the standard requires \(failed: known to deviate\)\.$/,
    'confirmed',
  ],
  [
    'a takeover of a persistent session by the standard, where the version is known for none',
    changed('will.takeover-persistent', better(45)),
    /persistent session.*: one came after 45 ms, as the standard requires \(failed: known to deviate\)\.$/,
    'confirmed',
  ],
  [
    'a takeover that left one last will of two',
    changed('will.takeover-persistent.publisher', better(45)),
    /: none came in 1 of 2 checks, as this version of the broker is known to do; one came in 1 of 2 checks after 45 ms, as the standard requires \(failed/,
    'contradicted',
  ],
  [
    'a takeover whose last will came late',
    changed('will.takeover-persistent', better(9_000)),
    /persistent session.*: it came only after 9\.0 s\.$/,
    'contradicted',
  ],
  [
    'a takeover of a persistent session that fails',
    changed('will.takeover-persistent', none),
    /persistent session.*: none came\.$/,
    'contradicted',
  ],
  [
    'a delay without a session',
    whole,
    /at once, whatever its will delay .*: it came only after 3\.9 s, as this version/,
    'contradicted',
  ],
  [
    'a delay without a session, at once where the version is known to wait',
    changed('will.delay-without-session', better(5, { delayS: 3 })),
    /at once, whatever its will delay .*: one came after 5 ms, as the standard requires \(failed/,
    'confirmed',
  ],
  [
    'a delay without a session that left none',
    changed('will.delay-without-session', none),
    /whatever its will delay .*: none came\.$/,
    'contradicted',
  ],
  ['a crash', whole, /crashes .*: the broker never published one, as this version/, 'contradicted'],
  [
    'a crash whose last will was in the queue',
    changed('restart.crash', (record) => ({
      ...record,
      verdict: 'pass',
      observed: { wills: 1, connected: 0, queued: 1 },
    })),
    /crashes .*: one came, as the standard requires\.$/,
    'confirmed',
  ],
];

for (const [title, records, text, outcome] of CASES) {
  test(`concludes about ${title}`, (t) => {
    const all = willConclusions(willRows(resultsOf(records)));
    const about = all.find((conclusion) => text.test(conclusion.text));
    t.is(about?.outcome, outcome, all.map((one) => `${one.outcome}: ${one.text}`).join('\n'));
  });
}

test('names the checks of a conclusion, or only those that contradict it', (t) => {
  const rows = willRows(resultsOf(changed('will.killed.publisher', late(9_000))));
  const found = willConclusions(rows).find(({ text }) => text.startsWith('The last will did not come at once'));
  t.deepEqual(found?.checks, ['will.killed.publisher.status.pi']);
});
