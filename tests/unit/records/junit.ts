import test from 'ava';
import { junitXml } from '../../../records/junit.ts';
import { leftOutReason } from '../../../records/left-out.ts';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import { results } from '../../../records/results.ts';
import { type Element, parseXml, violations } from './_junit-rules.ts';
import { recordOf } from './_record.ts';

const NASTY = 'a "quote" <b> & \'c\'\n\t]]> \u001b[31m\u0000 \ud800 ü 😀';

function record(id: CheckRecord['id'], verdict: Verdict, fields: Partial<CheckRecord> = {}): CheckRecord {
  const startedAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  return recordOf(id, { verdict, startedAt, durationMs: 1_234, ...fields });
}

const RECORDS = [
  record('will.takeover', 'deviation', { reason: NASTY, durationMs: 0 }),
  record('auth.a', 'pass', {
    host: 'pi',
    versions: { broker: 'mosquitto 2.0.11', client: 'mosquitto-clients 2.0.11-1' },
  }),
  record('auth.b', 'fail', {
    ...{ claim: NASTY, statement: 'MQTT-3.2.2-5', expected: { text: NASTY }, observed: undefined, reason: NASTY },
    ...{ host: 'this machine', versions: { broker: 'mosquitto 2.0.11', client: 'mqtt.js 5.16.0' } },
  }),
  record('auth.c', 'skipped', { reason: NASTY }),
  record('acl.d', 'fail', { expected: undefined, observed: [1, { a: null }], durationMs: 3_600_000 }),
];

function find(element: Element, name: string): Element[] {
  return [...(element.name === name ? [element] : []), ...element.children.flatMap((child) => find(child, name))];
}

/** [what; the records] */
const DOCUMENTS: readonly (readonly [what: string, records: readonly CheckRecord[]])[] = [
  ['a run of every verdict', RECORDS],
  ['a check that could not be judged', [record('qos.e', 'inconclusive', { reason: NASTY })]],
  ['a run without a record', []],
  ['an id of no family', [record('will.%2F.ä', 'pass'), { ...record('will.x', 'pass'), startedAt: 0 }]],
];

for (const [what, records] of DOCUMENTS) {
  test(`writes ${what} as a well-formed document that the schemas accept`, (t) => {
    t.deepEqual(violations(parseXml(junitXml(results(records)))), []);
  });
}

test('writes a suite for each family with its counts, versions and time', (t) => {
  const suites = find(parseXml(junitXml(results(RECORDS))), 'testsuite');
  t.deepEqual(
    suites.map(({ attributes: { name, id, tests, failures, skipped, time } }) => [
      name,
      id,
      tests,
      failures,
      skipped,
      time,
    ]),
    [
      ['auth', '0', '3', '1', '1', '1.234'],
      ['acl', '1', '1', '1', '0', '3600.000'],
      ['will', '2', '1', '0', '0', '0.000'],
    ],
  );
  t.is(suites[0]?.attributes.timestamp, '2026-01-02T03:04:05');
  const [first] = suites;
  t.deepEqual(first && find(first, 'property').map(({ attributes }) => attributes), [
    { name: 'broker', value: 'mosquitto 2.0.11' },
    { name: 'clients on pi', value: 'mosquitto-clients 2.0.11-1' },
    { name: 'clients on this machine', value: 'mqtt.js 5.16.0' },
  ]);
});

const SHOWN = 'a "quote" <b> & \'c\'\n\t]]> \\x1b[31m\\x00 \\xd800 ü 😀';

test('writes message, type, expected and observed of a failure, and the reason of a skipped check', (t) => {
  const document = parseXml(junitXml(results(RECORDS)));
  const [noReason, failure] = find(document, 'failure').sort((one, other) => one.text.length - other.text.length);
  t.deepEqual(failure?.attributes, { message: SHOWN, type: 'MQTT-3.2.2-5' });
  for (const word of [
    'claim ',
    '[MQTT-3.2.2-5]',
    'expected  {"text":"a ',
    'observed  nothing',
    'client    mqtt.js 5.16.0',
  ])
    t.true(failure?.text.includes(word), word);
  t.deepEqual(noReason?.attributes, { message: 'not as expected', type: 'lab file' });
  t.regex(noReason?.text ?? '', /^claim {5}c\nexpected {2}nothing\nobserved {2}\[1,\{"a":null\}\]\n$/);
  t.deepEqual(find(document, 'skipped')[0]?.attributes, { message: SHOWN });
});

test('writes a check that could not be judged as an error', (t) => {
  const [suite] = find(parseXml(junitXml(results([record('qos.e', 'inconclusive', { reason: NASTY })]))), 'testsuite');
  t.like(suite?.attributes, { tests: '1', failures: '0', errors: '1', skipped: '0' });
  t.deepEqual(suite && find(suite, 'error')[0]?.attributes, { message: SHOWN, type: 'inconclusive' });
});

test('writes a known deviation as a passed test, explained in properties and output of its suite', (t) => {
  const will = find(parseXml(junitXml(results(RECORDS))), 'testsuite').find(
    ({ attributes }) => attributes.name === 'will',
  );
  t.deepEqual(will && find(will, 'testcase')[0]?.children, []);
  t.deepEqual(will && find(will, 'property')[0]?.attributes, { name: 'deviation will.takeover', value: SHOWN });
  t.is(will && find(will, 'system-out')[0]?.text, `known deviation will.takeover: ${SHOWN}\n`);
});

/** [an invalid document; its violations] */
const WRONG: readonly (readonly [xml: string, expected: string])[] = [
  ['<testsuites name="a"/>', '<testsuites name="a">'],
  [
    '<testsuites><testcase name="a" classname="b" time="1e3"/></testsuites>',
    '<testsuites> with testcase,|<testcase time="1e3">',
  ],
  ['<property name=" "/>', '<property> without value|<property name=" ">'],
  ['<other/>', '<other> is no element of theirs'],
];

for (const [xml, expected] of WRONG) {
  test(`the rules refuse ${xml}`, (t) => {
    t.deepEqual(violations(parseXml(xml)), expected.split('|'));
  });
}

for (const xml of [
  '<a>',
  '<a></b>',
  '<a b="1" b="2"/>',
  '<a>&</a>',
  '<a b="<"/>',
  '<a>\u0001</a>',
  '<a/><b/>',
  '<a b=1/>',
]) {
  test(`refuses a malformed document: ${JSON.stringify(xml)}`, (t) => {
    t.throws(() => parseXml(xml));
  });
}

test('makes no tests of checks that the run left out', (t) => {
  const leftOut = { verdict: 'skipped', reason: leftOutReason('covered') } as const;
  const xml = junitXml(results([recordOf('acl.a'), recordOf('acl.b', leftOut), recordOf('will.c', leftOut)]));
  t.deepEqual(
    find(parseXml(xml), 'testcase').map(({ attributes }) => attributes.name),
    ['acl.a'],
  );
  t.is(find(parseXml(xml), 'testsuite').length, 1);
});
