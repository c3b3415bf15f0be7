import test from 'ava';
import { judgePayloads, payloadSizes } from '../../../../checks/qos/payload-verdict.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { Verdict } from '../../../../records/record.ts';

const topic = 'a';
const bytes = Buffer.concat([Buffer.from('0123456789ab'), Buffer.alloc(5_000, 0xff)]);
const one = Buffer.of(7);
const sent = [
  { qos: 1, bytes },
  { qos: 0, bytes: one },
] as const;
const received = (payload: Buffer): Packet => ({ direction: 'received', type: 'PUBLISH', at: 0, topic, payload });
const flipped = Buffer.from(bytes);
flipped[4_000] = 0;
const refused = { size: 65_536, qos: 1, failure: 'closed' } as const;

/** [what differs; verdict on the lab's broker; on an external one; what the reason names] */
const SEEN: readonly (readonly [
  string,
  Partial<Parameters<typeof judgePayloads>[0]>,
  ours: Verdict,
  external: Verdict,
  RegExp?,
])[] = [
  ['all', {}, 'pass', 'pass'],
  ['a byte flipped', { received: [flipped, one].map(received) }, 'fail', 'fail', /5012 bytes at QoS 1: byte 4001/],
  ['cut off', { received: [bytes.subarray(0, 1_024), one].map(received) }, 'fail', 'fail', /1024 bytes arrived/],
  ['one byte altered', { received: [bytes, Buffer.of(8)].map(received) }, 'fail', 'fail', /1 bytes at QoS 0/],
  ['one missing', { received: [received(bytes)] }, 'fail', 'fail', /deliver 1 bytes at QoS 0/],
  ['one twice', { received: [bytes, bytes, one].map(received) }, 'fail', 'fail', /more than once/],
  ['the same byte of another client', { received: [bytes, one, one].map(received) }, 'pass', 'pass'],
  ['a limit', { refused }, 'fail', 'pass', /65536 bytes/],
  ['nothing accepted', { refused, sent: [], received: [] }, 'fail', 'fail'],
];

for (const [what, change, ours, external, reason = /^/] of SEEN) {
  test(`judges payloads that arrived: ${what}`, (t) => {
    const seen = { sent, received: [bytes, one].map(received), topic, ...change };
    t.is(judgePayloads(seen, 'lab').verdict, ours);
    const finding = judgePayloads(seen, 'external');
    t.is(finding.verdict, external);
    t.regex(finding.reason ?? '', reason);
  });
}

test('tries every size up to the limit of the broker, and the limit itself', (t) => {
  t.is(payloadSizes().at(-1), 262_144);
  t.is(payloadSizes().at(0), 1);
  t.deepEqual(payloadSizes(120), [1, 100, 120]);
  t.deepEqual(payloadSizes(1), [1]);
});
