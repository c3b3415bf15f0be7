import test from 'ava';
import { judgeSequence, numbered } from '../../../../checks/qos/sequence.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';

const MARK = 'mark';
const COUNT = 3;

/** The four packets of one message at one end. Packet ids are reused at once, as some brokers do. */
function exchange(end: 'publisher' | 'subscriber', payload: Buffer, rest: Partial<Packet> = {}): Packet[] {
  const [from, to] = end === 'publisher' ? (['sent', 'received'] as const) : (['received', 'sent'] as const);
  const at = { at: 0, packetId: 1 };
  return [
    { ...at, direction: from, type: 'PUBLISH', payload, dup: false, ...rest },
    { ...at, direction: to, type: 'PUBREC' },
    { ...at, direction: from, type: 'PUBREL' },
    { ...at, direction: to, type: 'PUBCOMP' },
  ];
}

const all = [0, 1, 2].map((index) => numbered(MARK, index));
const sent = all.flatMap((payload) => exchange('publisher', payload));
const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = all;
const foreign = Buffer.from('from another client');

/** [what the subscriber received; reason of the failure] */
const rows: readonly (readonly [name: string, received: readonly Buffer[], reason: RegExp | undefined])[] = [
  ['complete and in order', all, undefined],
  ['with messages of another client', [foreign, first, foreign, second, third, foreign], undefined],
  ['with one message lost', [first, third], /1 of 3 messages are missing: 1$/],
  ['with one message twice', [first, second, second, third], /1 of 3 messages arrived more than once: 1$/],
  ['with one message altered', [first, Buffer.from(`${MARK} 1 17`), third], /1 of 3 messages were altered/],
  ['with two messages swapped', [first, third, second], /out of order/],
];

for (const [name, received, reason] of rows) {
  test(`${reason === undefined ? 'passes' : 'fails'} a sequence ${name}`, (t) => {
    const subscriber = received.flatMap((payload) => exchange('subscriber', payload));
    const finding = judgeSequence({ mark: MARK, count: COUNT, publisher: sent, subscriber, durationMs: 1 });
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail', finding.reason);
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

test('fails a sequence with a packet too few, and one with DUP', (t) => {
  const subscriber = all.flatMap((payload) => exchange('subscriber', payload));
  const judge = (publisher: readonly Packet[]) =>
    judgeSequence({ mark: MARK, count: COUNT, publisher, subscriber, durationMs: 1 }).reason;
  t.regex(judge(sent.slice(0, -1)) ?? '', /the publisher saw 11 packets, not 12/);
  t.regex(
    judge(all.flatMap((payload) => exchange('publisher', payload, { dup: true }))) ?? '',
    /3 packets have the DUP/,
  );
});
