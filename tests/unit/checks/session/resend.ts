import test from 'ava';
import { isMessage } from '../../../../checks/harness/messages.ts';
import { judgeResend, ofExchange, type ResendSeen, type Resent } from '../../../../checks/session/resend.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';

const payload = Buffer.from('own');
const first: Packet = { direction: 'received', type: 'PUBLISH', at: 0, packetId: 7, dup: false, payload };
const resent: Packet = { ...first, dup: true };
const release: Packet = { direction: 'received', type: 'PUBREL', at: 0, packetId: 7 };
const good: ResendSeen = { sessionPresent: true, first, again: [resent], afterwards: 0 };

const RESENT: readonly (readonly [
  name: string,
  type: Resent,
  seen: Partial<ResendSeen>,
  reason: RegExp | undefined,
])[] = [
  ['PUBLISH resent once with DUP', 'PUBLISH', {}, undefined],
  ['PUBREL resent once', 'PUBREL', { again: [release] }, undefined],
  ['DUP in the first PUBLISH', 'PUBLISH', { first: resent }, /the first PUBLISH has the DUP flag/],
  ['no session', 'PUBLISH', { sessionPresent: false }, /had discarded the session/],
  ['nothing resent', 'PUBLISH', { again: [] }, /did not resend the PUBLISH/],
  ['another packet id', 'PUBLISH', { again: [{ ...resent, packetId: 8 }] }, /packet id 8, not 7/],
  ['no DUP', 'PUBLISH', { again: [first] }, /without the DUP flag/],
  ['resent twice', 'PUBLISH', { again: [resent, resent] }, /2 copies of the PUBLISH/],
  ['resent after its acknowledgement', 'PUBLISH', { afterwards: 1 }, /after its acknowledgement/],
  ['PUBLISH instead of PUBREL', 'PUBREL', { again: [resent] }, /did not resend the PUBREL/],
  ['PUBLISH beside PUBREL', 'PUBREL', { again: [resent, release] }, /1 copies of the PUBLISH/],
  ['PUBREL with another packet id', 'PUBREL', { again: [{ ...release, packetId: 8 }] }, /packet id 8, not 7/],
];

for (const [name, type, seen, reason] of RESENT) {
  test(`judges a resend: ${name}`, (t) => {
    const finding = judgeResend(type, { ...good, ...seen });
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail', finding.reason);
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

test('counts a PUBREL for the message unless its packet id belongs to another message', (t) => {
  const foreign: Packet = { ...first, packetId: 8, payload: Buffer.from('foreign') };
  const releaseOf = (packetId: number): Packet => ({ ...release, packetId });
  const isOwn = isMessage(payload);
  const before = [first, foreign];
  const back = [releaseOf(8), release, { ...foreign, packetId: 9 }, releaseOf(9), releaseOf(10)];
  t.deepEqual(ofExchange('PUBREL', isOwn, before, back), [release, releaseOf(10)]);
  t.deepEqual(ofExchange('PUBLISH', isOwn, before, [resent, release]), [resent]);
});
