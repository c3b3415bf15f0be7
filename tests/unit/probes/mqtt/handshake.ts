import test from 'ava';
import { handshake } from '../../../../probes/mqtt/handshake.ts';
import { bytes, fakeBroker } from '../../_fake-broker.ts';

test('reports the bytes and who closes', async (t) => {
  const options = { version: 4, keepAlive: 60 } as const;
  const closing = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  const closed = await handshake({ ...options, ...closing, boundMs: 10_000 });
  t.deepEqual(closed, { answer: '20 02 00 05', closedBy: 'broker' });
  const open = await fakeBroker(t, (_, socket) => socket.write(bytes('20 02 00 05')));
  t.like(await handshake({ ...options, ...open, boundMs: 100 }), { closedBy: 'nobody' });
});

test.serial('reads what came while this process had no turn, even after the bound', async (t) => {
  const boundMs = 1_500;
  const broker = await fakeBroker(t, (_, socket) => {
    const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, boundMs);
    socket.end(bytes('20 02 00 05'), block);
  });
  const outcome = await handshake({ version: 4, keepAlive: 60, ...broker, boundMs });
  t.deepEqual(outcome, { answer: '20 02 00 05', closedBy: 'broker' });
});
