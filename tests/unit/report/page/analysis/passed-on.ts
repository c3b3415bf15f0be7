import test from 'ava';
import type { Sequence, SequencePacket } from '../../../../../records/measured/sequence.ts';
import type { CheckRecord } from '../../../../../records/record.ts';
import { type PassedOn, passedOnIn } from '../../../../../report/page/analysis/passed-on.ts';
import { packetsOf, recordOf, resultsOf } from '../_results.ts';

const SAME = { kind: 'same' } as const;

/** A message of QoS 2 that reached the Pi's subscriber `afterMs` after its PUBREL. */
function passed(pi: string, afterMs: number, clock: Sequence['clock'] = SAME): CheckRecord {
  const packets = packetsOf(2, 2);
  const released = packets.find(({ type }) => type === 'PUBREL')?.at ?? 0;
  const moved = (packet: SequencePacket) =>
    packet.who === 'alice' && packet.type === 'PUBLISH' ? { ...packet, at: released + afterMs } : packet;
  const debug = { host: pi, command: 'mosquitto_sub -d', lines: [] };
  const named = { topic: 'status', payloadBytes: 32, publisher: 'sam', subscriber: 'alice' };
  return recordOf(`qos.sequence.q2.${pi}`, {
    observed: { qos: 2, ...named, clock, debug },
    evidence: packets.map(moved),
  });
}

const CASES: readonly (readonly [string, readonly CheckRecord[], PassedOn | undefined])[] = [
  ['after its PUBREL', [passed('pi', 0.2)], 'after PUBREL'],
  ['before its PUBREL', [passed('pi', -0.2)], 'before PUBREL'],
  ['within what the clocks are apart', [passed('pi', 0.2, exchanged(300))], undefined],
  ['beyond what the clocks are apart', [passed('pi', 0.2, exchanged(100))], 'after PUBREL'],
  ['the same to both Pis', [passed('pi', 0.2), passed('pi2', 0.3)], 'after PUBREL'],
  ['otherwise to the other Pi', [passed('pi', 0.2), passed('pi2', -0.3)], undefined],
  ['not seen to the other Pi', [passed('pi', 0.2), { ...passed('pi2', 0.3), evidence: [] }], undefined],
  ['not measured', [recordOf('qos.sequence.q1.pi')], undefined],
];

function exchanged(uncertaintyUs: number): Sequence['clock'] {
  return { kind: 'exchanged', uncertaintyUs, exchanges: 80 };
}

for (const [name, records, wanted] of CASES) {
  test(`finds when the broker passes a message of QoS 2 on: ${name}: ${wanted}`, (t) => {
    t.is(passedOnIn(resultsOf(records)), wanted);
  });
}
