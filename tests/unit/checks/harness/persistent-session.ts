import test from 'ava';
import type { Packet as Decoded } from 'mqtt-packet';
import { withPersistentSession } from '../../../../checks/harness/persistent-session.ts';
import { openTestLab } from '../../../../checks/harness/test-lab.ts';
import { accept, fakeBroker } from '../../_fake-broker.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const lab = labOf(TWO_USERS);

/** [the work; whether it fails; whether the run is interrupted meanwhile] */
const rows: readonly (readonly [what: string, fails: boolean, isInterrupted: boolean])[] = [
  ['that succeeds', false, false],
  ['that fails', true, false],
  ['that is interrupted', true, true],
];

for (const [what, fails, isInterrupted] of rows) {
  test(`removes the session after work ${what}`, async (t) => {
    const [sam] = lab.users;
    if (sam === undefined) return t.fail('no user');
    const connects: Extract<Decoded, { cmd: 'connect' }>[] = [];
    const broker = await fakeBroker(t, (packet, socket) => {
      if (packet.cmd === 'connect') connects.push(packet);
      accept(packet, socket);
    });
    const stop = new AbortController();
    const testLab = openTestLab({ lab, broker: liveBrokerAt(broker), pis: [] }, stop.signal);
    const work = withPersistentSession(testLab, { user: sam, version: 4 }, async (clientId) => {
      await testLab.raw(sam, { clientId, clean: false });
      if (isInterrupted) stop.abort();
      if (fails) throw new Error('no will came');
      return clientId;
    });
    if (fails) await t.throwsAsync(work, { message: 'no will came' });
    else t.truthy(await work);
    t.deepEqual(
      connects.map(({ clean }) => clean),
      [false, true],
    );
    t.is(connects[0]?.clientId, connects[1]?.clientId);
  });
}
