import test from 'ava';
import type { BrokerKind } from '../../../../checks/harness/test-lab.ts';
import { type Cell, type Delivered, judgeCell } from '../../../../checks/qos/matrix-cell.ts';
import { hop } from '../../../../probes/mqtt/hop.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { QoS, Version } from '../../../../probes/mqtt/session.ts';

const payload = Buffer.from('hello');
const cell: Cell = { version: 4, topic: 'status', published: 2, requested: 1, payload };

function packets(role: 'publisher' | 'subscriber', qos: QoS, version: Version): Packet[] {
  return hop(role, { qos, topic: 'status', payloadBytes: payload.length, version }).map((step) => ({
    ...step,
    at: 0,
    packetId: 1,
    ...(step.type === 'PUBLISH' ? { qos, dup: false } : {}),
  }));
}

function seen(version: Version, delivered: QoS = 1): Delivered {
  return {
    granted: 1,
    arrived: [payload],
    publisher: packets('publisher', 2, version),
    subscriber: packets('subscriber', delivered, version),
  };
}

const longer = (list: readonly Packet[], type: Packet['type'], by: number, rest: Partial<Packet> = {}): Packet[] =>
  list.map((packet) => (packet.type === type ? { ...packet, bytes: (packet.bytes ?? 0) + by, ...rest } : packet));
const v311 = seen(4);
const v5 = seen(5);

type Row = readonly [name: string, cell: Cell, seen: Delivered, brokerKind: BrokerKind, reason: RegExp | undefined];

const rows: readonly Row[] = [
  ['unaltered', cell, v311, 'lab', undefined],
  ['lost', cell, { ...v311, arrived: [] }, 'lab', /^0 copies/],
  ['twice', cell, { ...v311, arrived: [payload, payload] }, 'lab', /^2 copies/],
  ['altered', cell, { ...v311, arrived: [Buffer.from('hellO')] }, 'lab', /altered/],
  ['at a higher QoS', cell, seen(4, 2), 'lab', /delivered at QoS 2, not 1/],
  ['at a lower QoS', cell, seen(4, 0), 'lab', /delivered at QoS 0, not 1/],
  ['with the subscription refused', cell, { ...v311, granted: 0x80 }, 'lab', /refused with code 128/],
  ["granted less by the lab's broker", cell, { ...seen(4, 0), granted: 0 }, 'lab', /granted QoS 0, not 1/],
  ['granted more by an external broker', cell, { ...seen(4, 2), granted: 2 }, 'external', /granted QoS 2, not 1/],
  ['without PUBCOMP', cell, { ...v311, publisher: v311.publisher.slice(0, 3) }, 'lab', /the publisher saw/],
  ['without PUBACK', cell, { ...v311, subscriber: v311.subscriber.slice(0, 1) }, 'lab', /the subscriber saw/],
  ['a byte longer', cell, { ...v311, subscriber: longer(v311.subscriber, 'PUBLISH', 1) }, 'lab', /saw ← PUBLISH 18/],
  [
    'with DUP',
    cell,
    { ...v311, subscriber: longer(v311.subscriber, 'PUBLISH', 0, { dup: true }) },
    'lab',
    /with the DUP flag/,
  ],
  ['unaltered', { ...cell, version: 5 }, v5, 'lab', undefined],
  [
    'with a reason code',
    { ...cell, version: 5 },
    { ...v5, publisher: longer(v5.publisher, 'PUBREC', 1) },
    'lab',
    undefined,
  ],
  [
    'with a long PUBREC',
    { ...cell, version: 5 },
    { ...v5, publisher: longer(v5.publisher, 'PUBREC', 3) },
    'lab',
    /PUBREC 7/,
  ],
  [
    'with a property',
    { ...cell, version: 5 },
    { ...v5, publisher: longer(v5.publisher, 'PUBREC', 9, { properties: ['reasonString "ok"'] }) },
    'lab',
    undefined,
  ],
  [
    'with an error as reason code',
    { ...cell, version: 5 },
    { ...v5, publisher: longer(v5.publisher, 'PUBCOMP', 1, { code: 0x92 }) },
    'lab',
    /the publisher saw/,
  ],
  [
    'with a longer PUBLISH',
    { ...cell, version: 5 },
    { ...v5, subscriber: longer(v5.subscriber, 'PUBLISH', 1) },
    'lab',
    /19/,
  ],
];

for (const [name, tested, delivered, brokerKind, reason] of rows) {
  test(`${reason === undefined ? 'passes' : 'fails'} QoS 2 to a subscription of QoS 1, level ${tested.version}: ${name}`, (t) => {
    const finding = judgeCell(tested, delivered, brokerKind);
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail', finding.reason);
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

test('names the QoS that an external broker does not grant, and still judges the delivery', (t) => {
  const finding = judgeCell(cell, { ...seen(4, 0), granted: 0 }, 'external');
  t.is(finding.verdict, 'skipped');
  t.regex(finding.reason ?? '', /grants only QoS 0: delivery at QoS 1 is not shown/);
  t.is(judgeCell(cell, { ...seen(4, 1), granted: 0 }, 'external').verdict, 'fail');
  const lowest = { ...seen(4, 0), publisher: packets('publisher', 0, 4), granted: 0 };
  t.is(judgeCell({ ...cell, published: 0 }, lowest, 'external').verdict, 'pass');
});

test('explains from the packets why the delivery has a lower QoS, and only where it has', (t) => {
  t.regex(
    JSON.stringify(judgeCell(cell, v311, 'lab').observed),
    /hop ran at QoS 2 \(PUBLISH, PUBREC, PUBREL, PUBCOMP\).* delivered at QoS 1 \(PUBLISH, PUBACK\)/,
  );
  const same = { ...v311, publisher: packets('publisher', 1, 4) };
  t.notRegex(JSON.stringify(judgeCell({ ...cell, published: 1 }, same, 'lab')), /explanation/);
});
