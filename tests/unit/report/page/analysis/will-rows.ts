import test from 'ava';
import type { CheckRecord } from '../../../../../records/record.ts';
import { willRows } from '../../../../../report/page/analysis/will-rows.ts';
import { examplesOf, momentText, timelineOf } from '../../../../../report/page/analysis/will-timeline.ts';
import { endText, rowText, spanText, willText } from '../../../../../report/page/analysis/will-words.ts';
import { pageHtml } from '../../../../../report/page/page.tsx';
import { recordOf, resultsOf } from '../_results.ts';
import { lost, willRecords } from '../_wills.ts';

const whole = willRecords();

test('ignores skipped checks', (t) => {
  const skipped = recordOf('will.killed.publisher.status.pi', { verdict: 'skipped', observed: null });
  t.deepEqual(willRows(resultsOf([skipped])), []);
});

test('makes a row from subject, measurement and events, with the measured time where there are no events', (t) => {
  const id = 'will.silent.subscriber.a%2Eb.hall';
  const [row] = willRows(resultsOf([lost(id, 'SUBSCRIBE, then silence', { willAfterMs: 7_500, dropped: [1, 2] })]));
  t.like(row, { cause: 'silent', role: 'subscriber', topic: 'a.b', where: 'hall', wills: 1, willAfterMs: 7_500 });
  const bare = recordOf('will.silent.publisher.status.this-machine', { observed: { wills: 1, afterMs: 9_000 } });
  const [known] = willRows(resultsOf([bare]));
  t.like(known, { willAfterMs: 9_000, what: undefined, isLogged: false });
});

test('leaves the owner’s own connection out of a row’s log, but not a later one', (t) => {
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
  ['will.delay.publisher.status.v5', /^not observed$/, /after 2\.9 s/],
];

for (const [id, end, will] of words) {
  test(`describes ${id}`, (t) => {
    const row = willRows(resultsOf(whole)).find(({ record }) => record.id === id);
    if (row === undefined) return t.fail('no row');
    t.regex(endText(row), end);
    t.regex(willText(row), will);
    t.true(rowText(row).includes(endText(row)));
  });
}

test('prints times in a readable unit', (t) => {
  t.is(spanText([0.2]), 'after 0.2 ms');
  t.is(spanText([43, 43.2, undefined]), 'after 43 ms');
  t.is(spanText([999.6, 12_345]), 'after 1.0 s to 12.3 s');
  t.is(spanText([undefined]), undefined);
  t.deepEqual([-120, 0, 43, undefined].map(momentText), ['−120 ms', '0', '43 ms', 'not timed']);
});

test('shows the owner’s packets from the beginning, and the observer’s from the cause on', (t) => {
  const id = 'will.silent.publisher.status.pi';
  const record = whole.find((one) => one.id === id);
  if (record === undefined) return t.fail('no record');
  t.deepEqual(
    timelineOf(record).map(({ afterMs, who, what }) => `${momentText(afterMs)} ${who} ${what}`),
    [
      '−25 ms publisher sent CONNECT, 71 B',
      '−20 ms broker’s log New client connected from 192.0.2.1:4 as lab-0123456789abcdef (p2, c1).',
      '0 cause CONNECT, then silence',
      '5 ms broker’s log Client lab-0123456789abcdef has exceeded timeout, disconnecting.',
      '9.7 s observer received PUBLISH QoS 1, 29 B',
      'not timed the cut (nft) swallowed 3 segments from the broker, 1 segment from the client',
    ],
  );
  t.deepEqual(timelineOf(recordOf(id)), []);
});

test('chooses as examples a DISCONNECT, a closed program, a broker that closes, and an outage, on a Pi if any', (t) => {
  const ids = examplesOf(willRows(resultsOf(whole))).map(({ row }) => row.record.id);
  t.deepEqual(ids, [
    'will.clean.publisher.status.v311',
    'will.killed.publisher.status.pi',
    'will.protocol-error.publisher.status.v311',
    'will.silent.publisher.status.pi',
  ]);
  t.deepEqual(
    examplesOf(willRows(resultsOf(whole.filter(({ id }) => id !== 'will.silent.publisher.status.pi'))))
      .map(({ title, row }) => [title, row.record.id])
      .at(-1),
    ['the client falls silent', 'will.silent.publisher.status.this-machine'],
  );
});

const sectionOf = (records: readonly CheckRecord[]) => {
  const page = pageHtml(resultsOf(records), '');
  return page.slice(page.indexOf('<section id="last-will"'), page.indexOf('<section id="environment"'));
};

test('shows a timeline for each role, also in words, with links to the checks', (t) => {
  const html = sectionOf(whole);
  t.is(html.match(/<figure/g)?.length, 2);
  t.regex(html, /aria-label="Time from the cause to the publisher’s last will\. DISCONNECT \(MQTT 3\.1\.1\): [^"]*✕?/);
  t.true(html.includes('href="#check-restart.crash.will"'));
  t.false(html.includes('Not measured in this run'));
  t.false(/NaN|undefined|Infinity/.test(html));
});

test('names the command that measures last wills where a run has none', (t) => {
  t.true(sectionOf([recordOf('qos.a')]).includes('./lab verify --only will'));
});

test('says where it could read no log', (t) => {
  const older = recordOf('will.fin.publisher.status.v5', { observed: { wills: 1, afterMs: 12 } });
  t.true(sectionOf([older]).includes('the log could not be read'));
  t.false(sectionOf(whole).includes('the log could not be read'));
});

test('escapes markup in a topic and in a log line', (t) => {
  const topic = '<script>alert(1)</script>';
  const subject = { kind: 'last will', cause: 'fin', role: 'publisher', topic, version: '5' } as const;
  const html = sectionOf([
    { ...lost('will.fin.publisher.status.v5', topic, { willAfterMs: 6, log: topic, topic }), subject },
  ]);
  t.false(html.includes('<script>'));
  t.true(html.includes('&lt;script>'));
});
