import test from 'ava';
import { deferred } from '../../../base/deferred.ts';
import { openCable } from '../../../live/cable.ts';
import type { NewEvent } from '../../../live/protocol.ts';
import type { HeldCut } from '../../../probes/network/held-cut.ts';

function setUp() {
  const events: string[] = [];
  const over = deferred<void>();
  const made = deferred<void>();
  let lifts = 0;
  const lift = async () => {
    lifts += 1;
    over.resolve();
    return undefined;
  };
  const held: HeldCut = {
    ...{ kind: 'cut', tool: 'nft', flow: { family: 4, clientPort: 1, brokerPort: 2 }, at: 7, lift, over: over.promise },
    async [Symbol.asyncDispose]() {},
  };
  const cable = openCable({
    side: 'publisher',
    add: (event: NewEvent) => events.push('what' in event ? event.what : ''),
  });
  const cut = async () => {
    await made.promise;
    return held;
  };
  return { cable, cut, made, over, events, lifts: () => lifts };
}

test('a second pull is refused, also while the first is under way, so that each cut has a plug', async (t) => {
  const { cable, cut, made, events, lifts } = setUp();
  const first = cable.pull(cut);
  await t.throwsAsync(cable.pull(cut), { message: /it is pulled already/ });
  made.resolve();
  await first;
  await t.throwsAsync(cable.pull(cut), { message: /it is pulled already/ });
  await cable.plug();
  t.is(lifts(), 1);
  t.deepEqual(events, ['silent', 'through']);
});

test('a plug waits for a pull that is under way', async (t) => {
  const { cable, cut, made, events } = setUp();
  const pulling = cable.pull(cut);
  const plugging = cable.plug();
  made.resolve();
  await Promise.all([pulling, plugging]);
  t.deepEqual(events, ['silent', 'through']);
});

test('reports that the host has undone the cut by itself, and the cable can be pulled again', async (t) => {
  const { cable, cut, made, over, events } = setUp();
  made.resolve();
  await cable.pull(cut);
  over.reject(new Error('the connection ended'));
  await cable.plug().catch(() => undefined);
  t.deepEqual(events, ['silent', 'through']);
  await t.notThrowsAsync(cable.pull(cut));
});

test('a host that cannot cut says why, and nothing is pulled', async (t) => {
  const { cable, events } = setUp();
  const cut = () => Promise.reject(new Error('no root on pi'));
  await t.throwsAsync(cable.pull(cut), { message: /no root on pi/ });
  await cable.plug();
  t.deepEqual(events, []);
});
