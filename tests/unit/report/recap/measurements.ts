import test from 'ava';
import type { CheckRecord, Verdict } from '../../../../records/record.ts';
import { measurementLines } from '../../../../report/recap/measurements.ts';
import { recap } from '../../../../report/recap/recap.ts';
import { spanText } from '../../../../report/recap/span.ts';
import { type Level, latencyOf, recordOf, sizeOf } from '../page/_results.ts';

const plain = (_style: unknown, text: string) => text;
const marked = (style: unknown, text: string) => `<${style}>${text}</>`;

function record(id: CheckRecord['id'], observed: unknown, expected: unknown = {}, verdict: Verdict = 'pass') {
  return recordOf(id, { verdict, expected, observed });
}

const LEVELS = [0, 1, 2] as const;

/** The table of one version as Mosquitto answers, a PUBLISH of `size` bytes at QoS 0. */
function matrix(tag: 'v311' | 'v5', size: number): CheckRecord[] {
  const packets = [1, 2, 4] as const;
  const bytes = [size, size + 6, size + 14] as const;
  return LEVELS.flatMap((publisher) =>
    LEVELS.map((subscriber) => {
      const delivered = LEVELS[Math.min(publisher, subscriber)] ?? 0;
      return record(`qos.matrix.p${publisher}s${subscriber}.${tag}`, {
        ...{ granted: subscriber, delivered, copies: 1, publisher: [], subscriber: [] },
        packets: { publisher: packets[publisher], subscriber: packets[delivered] },
        bytes: { publisher: bytes[publisher], subscriber: bytes[delivered] },
      });
    }),
  );
}

const TABLE = [
  'QoS delivered: packets, bytes of both hops (MQTT 3.1.1/5)',
  '  QoS     to 0                    to 1                    to 2',
  '  from 0  0: 2 packets, 558/560   0: 2 packets, 558/560   0: 2 packets, 558/560',
  '  from 1  0: 3 packets, 564/566   1: 4 packets, 570/572   1: 4 packets, 570/572',
  '  from 2  0: 5 packets, 572/574   1: 6 packets, 578/580   2: 8 packets, 586/588',
];
const ON_A_HOP = 'bytes of a message on a hop, MQTT 3.1.1: QoS 0 279; QoS 1 285; QoS 2 293';

const BOTH = [...matrix('v311', 279), ...matrix('v5', 280)];

const WILLS = [
  record('will.fin.publisher.status.v311', { wills: 1, afterMs: 48 }, { withinMs: 3_000 }),
  record('will.fin.subscriber.status.v5', { wills: 1, afterMs: 33 }, { withinMs: 3_000 }),
  record('will.silent.publisher.status.pi', { wills: 1, afterMs: 11_888 }, { keepAlive: 5 }),
  record('will.silent.publisher.status.this-machine', { wills: 1, afterMs: 12_265 }, { keepAlive: 5 }),
  record('will.delay.publisher.status.v5', { wills: 1, afterMs: 2_123 }, { delayS: 2 }),
  record('will.clean.publisher.status.v311', { wills: 0 }),
  record('will.second-connect.publisher.status.v5', { wills: 0 }, { withinMs: 3_000 }, 'deviation'),
  record('will.retained.publisher.status.v5', { wills: 1, served: 1 }),
];
const WILL_LINES = [
  'wills at once: FIN 33–48 ms',
  'wills later: silence (keep alive 5 s) 11.9–12.3 s, will delay (2 s) 2.1 s',
  'no will: DISCONNECT, ≈ second CONNECT',
];

const EXPIRIES = [
  record('keepalive.expiry.25s.v5', { closedAfterMs: 42_745 }),
  record('keepalive.expiry.5s.v311', { closedAfterMs: 12_316 }),
  record('keepalive.expiry.5s.v5', { closedAfterMs: 12_751 }),
];
const EXPIRY_LINE = 'silent clients cut off after 12.3–12.8 s (keep alive 5 s), 42.7 s (25 s)';

const SIZES = LEVELS.flatMap((qos) =>
  ([1, 10_000] as const).map((payload) => {
    const hop = (bytes: number) => ({ host: 'pi', types: {}, mqttBytes: bytes * 5 });
    const bytes = payload + 10 + qos * 7;
    const subscriber = qos === 2 && payload === 1 ? bytes - 0.5 : bytes;
    return record(`qos.size.q${qos}.${payload}.pi`, {
      ...sizeOf(qos, payload),
      messages: 5,
      hops: { publisher: hop(bytes), subscriber: hop(subscriber) },
    });
  }),
);

function latency(qos: Level, socket: 'nodelay' | 'nagle', pi: string, p50Us: number) {
  const observed = { ...latencyOf(qos, socket === 'nodelay', p50Us), p50Us, p99Us: p50Us * 20 };
  return record(`qos.latency.q${qos}.${socket}.${pi}`, observed);
}
const LATENCIES = [
  latency(0, 'nodelay', 'pi', 334),
  latency(0, 'nagle', 'pi', 1_359),
  latency(1, 'nagle', 'pi', 500),
  latency(0, 'nodelay', 'hall', 1),
];

/** [what was measured; records; lines] */
const ROWS: readonly (readonly [string, readonly CheckRecord[], readonly string[]])[] = [
  ['nothing', [record('acl.a', {})], []],
  ['both versions, which differ only in bytes', BOTH, [...TABLE, ON_A_HOP]],
  ['last wills', WILLS, WILL_LINES],
  ['expiries', EXPIRIES, [EXPIRY_LINE]],
  [
    'a quick run',
    [...BOTH, ...WILLS, ...EXPIRIES],
    [
      ...TABLE,
      ON_A_HOP,
      ...WILL_LINES,
      EXPIRY_LINE,
      './lab report measures the rest: latency, bytes by payload, cost of pings',
    ],
  ],
  [
    'sizes alone',
    SIZES,
    [
      'a message: bytes of MQTT on a hop',
      '  QoS   payload 1   payload 10000',
      '  0     11          10010',
      '  1     18          10017',
      '  2     25, 24.5    10024',
    ],
  ],
  [
    'sizes and latencies, these to the first Pi alone',
    [...SIZES, ...LATENCIES],
    [
      'a message: bytes of MQTT on a hop; latency to pi, p50/p99 in ms',
      '  QoS   payload 1   payload 10000   TCP_NODELAY   Nagle',
      '  0     11          10010           0.33/6.68     1.36/27',
      '  1     18          10017           –             0.50/10',
      '  2     25, 24.5    10024           –             –',
    ],
  ],
  [
    'one pair in one version',
    matrix('v311', 279).filter(({ id }) => id.includes('p2s0')),
    [
      'QoS delivered: packets, bytes of both hops (MQTT 3.1.1)',
      '  QoS     to 0                    to 1                    to 2',
      '  from 0  –                       –                       –',
      '  from 1  –                       –                       –',
      '  from 2  0: 5 packets, 572       –                       –',
    ],
  ],
  [
    'records without a measurement',
    [
      record('qos.matrix.p0s0.v5', undefined, {}, 'fail'),
      record('qos.matrix.p0s0.v311', { delivered: 'much' }),
      record('qos.latency.q0.nagle.pi', { p50Us: '1' }),
      record('qos.size.q0.1.pi', { messages: 0 }),
      record('will.fin.publisher.status.v5', undefined, {}, 'skipped'),
      record('keepalive.expiry.5s.v5', null),
    ],
    [],
  ],
];

for (const [name, records, lines] of ROWS) {
  test(`prints ${lines.length} lines: ${name}`, (t) => {
    t.deepEqual(measurementLines(records, plain), lines);
  });
}

/** [milliseconds, text] */
const SPANS: readonly (readonly [readonly number[], string])[] = [
  [[48, 33], '33–48 ms'],
  [[12_265, 11_888], '11.9–12.3 s'],
  [[42_745, 42_747], '42.7 s'],
  [[10, 1_520], '10 ms–1.5 s'],
  [[999.6], '1.0 s'],
];

for (const [times, text] of SPANS) {
  test(`prints ${times.join(' and ')} ms as ${text}`, (t) => {
    t.is(spanText(times), text);
  });
}

test('prints a table for each version where their deliveries differ, with failures in red', (t) => {
  const other = matrix('v5', 280).map((one) =>
    one.id.includes('p2s2')
      ? record(
          one.id,
          {
            ...Object(one.observed),
            ...{ delivered: 1, packets: { publisher: 4, subscriber: 2 }, bytes: { publisher: 294, subscriber: 286 } },
          },
          {},
          'fail',
        )
      : one,
  );
  const lines = measurementLines([...matrix('v311', 279), ...other], marked);
  t.is(lines.length, 11);
  t.is(lines[0], 'QoS delivered: packets, bytes of both hops (MQTT 3.1.1)');
  t.is(lines[5], 'QoS delivered: packets, bytes of both hops (MQTT 5)');
  t.true(lines[9]?.endsWith('<red>1: 6 packets, 580      </>'), lines[9]);
  t.false(lines[4]?.includes('<red>'));
});

test('prints a missing last will in red, and gives an unretained one no cause of its own', (t) => {
  const lost = record('will.fin.publisher.status.v5', { wills: 0 }, { withinMs: 3_000 }, 'fail');
  const notServed = record('will.retained.publisher.status.v5', { wills: 0, served: 0 }, {}, 'fail');
  t.deepEqual(measurementLines([...WILLS.slice(0, 2), lost, notServed], marked), [
    'wills at once: FIN 33–48 ms',
    'no will: <red>FIN</>',
  ]);
});

test('fits 16 lines of 80 columns', (t) => {
  const causes = ['disconnect-with-will', 'fin', 'killed', 'protocol-error', 'rst', 'takeover-clean'];
  const wills = causes.map((cause, index) =>
    record(`will.${cause}.publisher.status.v5`, { wills: 1, afterMs: 100 + index }, { withinMs: 3_000 }),
  );
  const lines = measurementLines([...BOTH, ...SIZES, ...LATENCIES, ...WILLS, ...wills, ...EXPIRIES], plain);
  t.true(lines.length <= 16, lines.join('\n'));
  for (const line of lines) t.true(line.length <= 80, line);
});

test('prints how far the clock of the Pi may be off', (t) => {
  const one = (qos: Level, uncertaintyUs: number) => {
    const clock = { kind: 'exchanged', uncertaintyUs, exchanges: 80 };
    return record(`qos.latency.q${qos}.nagle.pi`, { ...latencyOf(qos, false, 1), p50Us: -1, p99Us: 900, clock });
  };
  const [head, , row] = measurementLines([one(0, 207), one(1, 471)], plain);
  t.is(head, 'a message: latency to pi, p50/p99 in ms (± 0.47)');
  t.is(row, '  0     –             0.00/0.90');
});

test('escapes control characters in names of the lab file', (t) => {
  const [head] = measurementLines([{ ...latency(0, 'nagle', 'pi', 400), host: 'p\u001b[31m' }], plain);
  t.is(head, 'a message: latency to p\\x1b[31m, p50/p99 in ms');
});

test('ends the recap with the measurements, unless the failures need the screen', (t) => {
  const quick = [...BOTH, ...WILLS, ...EXPIRIES];
  t.true(recap(quick, plain).includes(ON_A_HOP));
  t.is(recap(quick, plain).at(-2), EXPIRY_LINE);
  const many = (count: number, name: string, verdict: Verdict) =>
    Array.from({ length: count }, (_, index) => ({
      ...record(`acl.${name}${index}`, 1, 2, verdict),
      reason: `${name} ${'abcdefghi'[index]}`,
    }));
  t.true(recap([...quick, ...many(9, 'late', 'fail')], plain).includes(ON_A_HOP));
  const rest = [...many(9, 'late', 'fail'), ...many(9, 'absent', 'skipped'), ...many(9, 'other', 'deviation')];
  const lines = recap([...quick, ...rest], plain);
  t.false(lines.includes(ON_A_HOP));
  t.true(lines.length <= 45);
});
