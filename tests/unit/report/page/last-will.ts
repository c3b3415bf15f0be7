import test from 'ava';
import { willRows } from '../../../../report/page/judge/will-rows.ts';
import { willSentences } from '../../../../report/page/judge/will-says.ts';
import { examplesOf, momentText, storyOf } from '../../../../report/page/judge/will-story.ts';
import { endText, rowText, spanText, willText } from '../../../../report/page/judge/will-words.ts';
import { pageHtml } from '../../../../report/page/page.tsx';
import type { CheckRecord } from '../../../../report/record.ts';
import { recordOf, resultsOf } from './_results.ts';
import { lost, willRecords } from './_wills.ts';

const whole = willRecords();

/** The records with one of them, or all whose id begins so, replaced; a record that is undefined is taken out. */
function changed(prefix: string, change: (record: CheckRecord) => CheckRecord | undefined): CheckRecord[] {
  return whole.flatMap((record) => (record.id.startsWith(prefix) ? (change(record) ?? []) : [record]));
}

const without = (prefix: string) => changed(prefix, () => undefined);
const late = (ms: number) => (record: CheckRecord) => lost(record.id, 'late', { willAfterMs: ms, keepAlive: 5 });
const none = (record: CheckRecord) => lost(record.id, 'none', { verdict: 'fail', keepAlive: 5 });

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
    changed('will.silent.publisher.status.pi', () => undefined).filter(({ id }) => !/silent.*pi$/.test(id)),
    /came after 9\.1 s of silence\.$/,
    'so',
  ],
  ['a keep alive that the broker is late with', whole, /within one and a half times .* up to 2\.2 s late/, 'not so'],
  ['a keep alive that the broker keeps', changed('will.silent.', late(8_000)), /kept to one and a half times/, 'so'],
  ['no outage', without('will.silent.'), /^No network outage was tried/, 'open'],
  [
    'outage against program',
    whole,
    /quickest outage was known after 9\.1 s, the slowest end of a program after 43 ms: at least 211 times/,
    'so',
  ],
  [
    'an outage as quick as a program',
    changed('will.killed.', late(9_500)),
    /known sooner than the end of a program/,
    'not so',
  ],
  ['a stop of the broker', whole, /stopped cleanly publishes the last wills .* after 102 ms/, 'so'],
  ['a stop without wills', changed('restart.stop', none), /clean stop of the broker left no last will/, 'not so'],
  ['no stop', without('restart'), /--disruptive does that/, 'open'],
  ['both roles', whole, /as many in each of 14 pairs/, 'so'],
  ['roles that differ', changed('will.rst.subscriber', none), /differ after: RST\./, 'not so'],
  ['one role', whole.filter(({ id }) => !id.includes('subscriber')), /^Only one of publisher and subscriber/, 'open'],
  ['a delay', whole, /will delay of 2 s over MQTT 5 the last will came after 2\.9 s\..*it was back after 20 ms/, 'so'],
  ['a delay not kept', changed('will.delay.', none), /will delay of MQTT 5 was not kept/, 'not so'],
  ['a second CONNECT', whole, /second CONNECT .*; none came, which this version of the broker is known for/, 'not so'],
  [
    'a second CONNECT by the standard',
    changed('will.second-connect', late(5)),
    /second CONNECT .*: it came after 5 ms/,
    'so',
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
  ['a crash', whole, /crashes .*; none was ever published, which/, 'not so'],
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

test('skipped checks are no measurement', (t) => {
  const skipped = recordOf('will.killed.publisher.status.pi', { verdict: 'skipped', observed: null });
  t.deepEqual(willRows(resultsOf([skipped])), []);
});

test('a row is read from its id, its events and, in runs without those, from what was observed', (t) => {
  const id = 'will.silent.subscriber.a%2Eb.pi%201';
  const [row] = willRows(resultsOf([lost(id, 'SUBSCRIBE, then silence', { willAfterMs: 7_500, dropped: [1, 2] })]));
  t.like(row, { cause: 'silent', role: 'subscriber', topic: 'a.b', where: 'pi 1', wills: 1, willAfterMs: 7_500 });
  const older = recordOf('will.silent.publisher.status.this-machine', { observed: { wills: 1, willAfterMs: 9_000 } });
  const [known] = willRows(resultsOf([older]));
  t.like(known, { willAfterMs: 9_000, what: undefined, isLogged: false });
});

test('the log of a row is without the connection of its owner, and with that of who comes back', (t) => {
  const [row] = willRows(resultsOf([lost('will.fin.publisher.status.v5', 'FIN', { willAfterMs: 6, log: 'closed.' })]));
  t.deepEqual(row?.log, [{ afterMs: 5, text: 'Client lab-0123456789abcdef closed.' }]);
  t.true(row?.isLogged);
});

/** [id; the end of its connection in words; its last will] */
const words: readonly (readonly [id: string, end: RegExp, will: RegExp])[] = [
  ['will.clean.publisher.status.v311', /^the client’s FIN, the broker’s after 3 ms$/, /^no last will$/],
  ['will.rst.publisher.status.v5', /^the client’s RST$/, /^last will after 7 ms$/],
  ['will.killed.publisher.status.pi', /^FIN from the client’s kernel$/, /after 43 ms/],
  ['will.protocol-error.publisher.status.v311', /^the broker’s FIN after 9 ms$/, /after 8 ms/],
  ['will.silent.publisher.status.pi', /^silence: nothing reaches either end$/, /after 9\.7 s/],
  ['will.delay.publisher.status.v5', /^not seen$/, /after 2\.9 s/],
];

for (const [id, end, will] of words) {
  test(`${id} in words`, (t) => {
    const row = willRows(resultsOf(whole)).find(({ record }) => record.id === id);
    if (row === undefined) return t.fail('no row');
    t.regex(endText(row), end);
    t.regex(willText(row), will);
    t.true(rowText(row).includes(endText(row)));
  });
}

test('times are told in the unit that reads best', (t) => {
  t.is(spanText([0.2]), 'after 0.2 ms');
  t.is(spanText([43, 43.2, undefined]), 'after 43 ms');
  t.is(spanText([999.6, 12_345]), 'after 1.0 s to 12.3 s');
  t.is(spanText([undefined]), undefined);
  t.deepEqual([-120, 0, 43, undefined].map(momentText), ['−120 ms', '0', '43 ms', 'not timed']);
});

test('a story is told in time: the owner’s packets from the begin, the observer’s from the cause on', (t) => {
  const id = 'will.silent.publisher.status.pi';
  const record = whole.find((one) => one.id === id);
  if (record === undefined) return t.fail('no record');
  t.deepEqual(
    storyOf(record).map(({ afterMs, who, what }) => `${momentText(afterMs)} ${who} ${what}`),
    [
      '−25 ms publisher sent CONNECT, 71 B',
      '−20 ms broker’s log New client connected from 192.0.2.1:4 as lab-0123456789abcdef (p2, c1).',
      '0 cause CONNECT, then silence',
      '5 ms broker’s log Client lab-0123456789abcdef has exceeded timeout, disconnecting.',
      '9.7 s observer received PUBLISH QoS 1, 29 B',
      'not timed the cut (nft) swallowed 3 segments from the broker, 1 segment from the client',
    ],
  );
  t.deepEqual(storyOf(recordOf(id)), []);
});

test('side by side stand a goodbye, a closed program, a broker that closes and an outage, the last on a Pi where one was cut off', (t) => {
  const ids = (records: readonly CheckRecord[]) =>
    examplesOf(willRows(resultsOf(records))).map(({ row }) => row.record.id);
  t.deepEqual(ids(whole), [
    'will.clean.publisher.status.v311',
    'will.killed.publisher.status.pi',
    'will.protocol-error.publisher.status.v311',
    'will.silent.publisher.status.pi',
  ]);
  t.is(ids(without('will.silent.publisher.status.pi')).at(-1), 'will.silent.publisher.status.this-machine');
});

const sectionOf = (records: readonly CheckRecord[]) => {
  const page = pageHtml(resultsOf(records), '');
  return page.slice(page.indexOf('<section id="last-will"'), page.indexOf('<section id="environment"'));
};

test('the section has a timeline a role, in words too, and links to the checks', (t) => {
  const html = sectionOf(whole);
  t.is(html.match(/<figure/g)?.length, 2);
  t.regex(html, /aria-label="Time from the cause to the publisher’s last will\. DISCONNECT \(MQTT 3\.1\.1\): [^"]*✕?/);
  t.true(html.includes('href="#check-restart.crash.will"'));
  t.false(html.includes('Not measured in this run'));
  t.false(/NaN|undefined|Infinity/.test(html));
});

test('a run without last wills says which command measures them', (t) => {
  t.true(sectionOf([recordOf('qos.a')]).includes('./lab verify --only will'));
});

test('a log that could not be read is missed', (t) => {
  const older = recordOf('will.fin.publisher.status.v5', { observed: { wills: 1, afterMs: 12 } });
  t.true(sectionOf([older]).includes('it could not be read'));
  t.false(sectionOf(whole).includes('it could not be read'));
});

test('a topic and a log line that are markup stay text', (t) => {
  const topic = '<script>alert(1)</script>';
  const id = `will.fin.publisher.${encodeURIComponent(topic)}.v5` as const;
  const html = sectionOf([lost(id, topic, { willAfterMs: 6, log: topic, topic })]);
  t.false(html.includes('<script>'));
  t.true(html.includes('&lt;script>'));
});
