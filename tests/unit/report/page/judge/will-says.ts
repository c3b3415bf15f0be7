import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import { willRows } from '../../../../../report/page/judge/will-rows.ts';
import { willSentences } from '../../../../../report/page/judge/will-says.ts';
import { resultsOf } from '../_results.ts';
import { lost, willRecords } from '../_wills.ts';

const whole = willRecords();

/** The records with one of them, or all whose id begins so, replaced; a record that is undefined is taken out. */
function changed(prefix: string, change: (record: CheckRecord) => CheckRecord | undefined): CheckRecord[] {
  return whole.flatMap((record) => (record.id.startsWith(prefix) ? (change(record) ?? []) : [record]));
}

const without = (prefix: string) => changed(prefix, () => undefined);
const late = (ms: number) => (record: CheckRecord) => lost(record.id, 'late', { willAfterMs: ms, keepAlive: 5 });
const none = (record: CheckRecord) => lost(record.id, 'none', { verdict: 'fail', keepAlive: 5 });
/** By the standard, or nearly, where the version is known to do otherwise. */
const better = (ms: number, delayS?: number) => (record: CheckRecord) =>
  lost(record.id, 'better', {
    ...{ willAfterMs: ms, verdict: 'fail', reason: 'known to deviate' },
    ...(delayS === undefined ? {} : { delayS }),
  });
const onOther = (record: CheckRecord) => lost(`will.${record.id.split('.')[1]}.subscriber.other.v5`, 'FIN', {});
const withoutCut = whole.filter(({ id }) => !/silent.*\.pi$/.test(id));

/** [what was measured; records; what is said; how] */
const said: readonly (readonly [
  title: string,
  records: readonly CheckRecord[],
  text: RegExp,
  says: 'so' | 'not so' | 'open',
])[] = [
  ['a goodbye', whole, /DISCONNECT has its last will forgotten: none came in 2 checks.*0x04 it came after 4 ms/, 'so'],
  [
    'a will after a goodbye',
    changed('will.clean.', late(5)),
    /left a last will all the same in 2 of 2 checks/,
    'not so',
  ],
  ['no goodbye', without('will.clean.'), /^No clean DISCONNECT was tried/, 'open'],
  ['programs closed', whole, /FIN once, RST once, by its own table.*last will came after 6 ms to 43 ms/, 'so'],
  [
    'programs closed, their kernels not asked',
    changed('will.killed.', late(40)),
    /How the kernels of the killed processes closed their connections was not seen/,
    'so',
  ],
  [
    'a program whose will came late',
    changed('will.killed.', late(9_000)),
    /did not come at once after: process killed/,
    'not so',
  ],
  ['no program closed', without('will.killed.'), /^No process was killed/, 'open'],
  ['closed by the broker', whole, /it publishes the last will itself, after 8 ms to 9 ms\. .*FIN 4 times/, 'so'],
  [
    'closed by the broker without a will',
    changed('will.protocol-error', none),
    /2 of 4 checks left no last will at once/,
    'not so',
  ],
  [
    'closed by the broker after malformed packets alone',
    without('will.takeover-clean'),
    /closes the connection, after a malformed packet, it publishes/,
    'so',
  ],
  [
    'taken over alone',
    without('will.protocol-error'),
    /closes the connection, because another connection took the client id, it publishes/,
    'so',
  ],
  [
    'not closed by the broker',
    whole.filter(({ id }) => !/error|clean/.test(id)),
    /^No connection was closed by the broker/,
    'open',
  ],
  [
    'an outage',
    whole,
    /keep alive 5 s, so from 7.5 s on\), and the last will came after 9\.7 s of silence\. The cut network swallowed 6 segments from the broker and 2 segments from the clients/,
    'so',
  ],
  [
    'an outage without a will',
    changed('will.silent.', none),
    /After silence 2 of 2 checks left no single last will/,
    'not so',
  ],
  [
    'an outage that was known too soon',
    changed('will.silent.', late(900)),
    /before its keep alive had passed, after 900 ms/,
    'not so',
  ],
  [
    'no Pi to cut off',
    withoutCut,
    /its socket stays open, and its kernel still acknowledges .* came after 9\.1 s of silence\. To cut the network a Pi is needed\.$/,
    'so',
  ],
  [
    'a silent client against a program',
    withoutCut,
    /quickest silence of a client was known after 9\.1 s, .* at least 211 times/,
    'so',
  ],
  ['a keep alive that the broker is late with', whole, /within one and a half times .* up to 2\.2 s late/, 'not so'],
  ['a keep alive that the broker keeps', changed('will.silent.', late(8_000)), /kept to one and a half times/, 'so'],
  ['no outage', without('will.silent.'), /^No network outage was tried/, 'open'],
  [
    'outage against program',
    whole,
    /quickest outage was known after 9\.7 s, the slowest end of a program after 43 ms: at least 225 times/,
    'so',
  ],
  [
    'an outage as quick as a program',
    changed('will.killed.', late(9_800)),
    /quickest outage was known sooner than the slowest end of a program: after 9\.7 s against after 9\.8 s/,
    'not so',
  ],
  ['a stop of the broker', whole, /stopped cleanly publishes the last wills .* after 102 ms/, 'so'],
  ['a stop without wills', changed('restart.stop', none), /clean stop of the broker left no last will/, 'not so'],
  ['no stop', without('restart'), /--disruptive does that/, 'open'],
  ['both roles', whole, /as many in each of 14 pairs/, 'so'],
  ['roles that differ', changed('will.rst.subscriber', none), /differ after: RST\./, 'not so'],
  ['one role', whole.filter(({ id }) => !id.includes('subscriber')), /^Only one of publisher and subscriber/, 'open'],
  [
    'roles on different topics',
    changed('will.', (record) => (record.id.includes('.subscriber.') ? onOther(record) : record)),
    /^No last will of a publisher and of a subscriber was lost in the same way on the same topic/,
    'open',
  ],
  ['a delay', whole, /will delay of 2 s over MQTT 5 the last will came after 2\.9 s\..*it was back after 20 ms/, 'so'],
  ['a delay not kept', changed('will.delay.', none), /will delay of MQTT 5 was not kept/, 'not so'],
  ['a second CONNECT', whole, /second CONNECT .*; none came, which this version of the broker is known for/, 'not so'],
  [
    'a second CONNECT by the standard',
    changed('will.second-connect', late(5)),
    /second CONNECT .*; one came after 5 ms, as the standard has it\.$/,
    'so',
  ],
  [
    'a second CONNECT by the standard, where the version is known for none',
    changed('will.second-connect', better(45)),
    /second CONNECT .*; one came after 45 ms, as the standard has it \(failed: known to deviate\)\.$/,
    'so',
  ],
  [
    'a takeover of a persistent session by the standard, where the version is known for none',
    changed('will.takeover-persistent', better(45)),
    /persistent session .*; one came after 45 ms, as the standard has it \(failed: known to deviate\)\.$/,
    'so',
  ],
  [
    'a takeover that left one last will of two',
    changed('will.takeover-persistent.publisher', better(45)),
    /; none came in 1 of 2 checks, which this version of the broker is known for; one came in 1 of 2 checks after 45 ms, as the standard has it \(failed/,
    'not so',
  ],
  [
    'a takeover whose last will came late',
    changed('will.takeover-persistent', better(9_000)),
    /persistent session .*; it came only after 9\.0 s\.$/,
    'not so',
  ],
  [
    'a takeover of a persistent session that fails',
    changed('will.takeover-persistent', none),
    /persistent session .*; none came\.$/,
    'not so',
  ],
  [
    'a delay without a session',
    whole,
    /at once, whatever its will delay .*; it came only after 3\.9 s, which/,
    'not so',
  ],
  [
    'a delay without a session, at once where the version is known to wait',
    changed('will.delay-without-session', better(5, 3)),
    /at once, whatever its will delay .*; one came after 5 ms, as the standard has it \(failed/,
    'so',
  ],
  [
    'a delay without a session that left none',
    changed('will.delay-without-session', none),
    /whatever its will delay .*; none came\.$/,
    'not so',
  ],
  ['a crash', whole, /crashes .*; none was ever published, which/, 'not so'],
  [
    'a crash whose last will was in the queue',
    changed('restart.crash', (record) => ({ ...record, verdict: 'pass', observed: { connected: 0, queued: 1 } })),
    /crashes .*; one came, as the standard has it\.$/,
    'so',
  ],
];

for (const [title, records, text, says] of said) {
  test(`what is said of ${title}`, (t) => {
    const sentences = willSentences(willRows(resultsOf(records))).map(({ sentence }) => sentence);
    const about = sentences.find((sentence) => text.test(sentence.text));
    t.is(about?.says, says, sentences.map((sentence) => `${sentence.says}: ${sentence.text}`).join('\n'));
  });
}

test('a sentence names the checks that it rests on, and only those that contradict where some do', (t) => {
  const rows = willRows(resultsOf(changed('will.killed.publisher', late(9_000))));
  const told = willSentences(rows).find(({ sentence }) =>
    sentence.text.startsWith('The last will did not come at once'),
  );
  t.deepEqual(told?.checks, ['will.killed.publisher.status.pi']);
});
