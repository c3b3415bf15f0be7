import test from 'ava';
import type { Captured } from '../../../../lab/support/capture.ts';
import { evidenceByClient, firstMissing } from '../../../../lab/support/captured-evidence.ts';

const connect: Captured = { direction: 'sent', type: 'CONNECT', bytes: 20 };
const connack: Captured = { direction: 'received', type: 'CONNACK', bytes: 4 };
const publish: Captured = { direction: 'received', type: 'PUBLISH', bytes: 27 };
const puback: Captured = { direction: 'sent', type: 'PUBACK', bytes: 4 };

test('gives the packets from each CONNECT to the next, without what is no packet', (t) => {
  const connectOf = (clientId: string) => ({ ...connect, who: 'sam', connect: { clientId } });
  const evidence = [connectOf('one'), connack, 'a line', connectOf('two'), publish];
  t.deepEqual(evidenceByClient(evidence), [
    { clientId: 'one', packets: [connect, connack] },
    { clientId: 'two', packets: [connect, publish] },
  ]);
  t.deepEqual(evidenceByClient([publish]), [{ clientId: '', packets: [publish] }]);
});

test('finds packets in their order, also where others are between them', (t) => {
  t.is(firstMissing([connect, publish, puback], [connect, connack, publish, puback]), undefined);
});

test('finds a packet that was read after one that this end sent meanwhile', (t) => {
  t.is(firstMissing([connect, puback, publish], [connect, publish, puback]), undefined);
});

test('names the first packet that is missing, of another size or out of order', (t) => {
  const seen = [connect, connack, publish];
  t.is(firstMissing([connect, puback], seen), puback);
  t.deepEqual(firstMissing([connect, { ...publish, bytes: 28 }], seen), { ...publish, bytes: 28 });
  t.is(firstMissing([publish, connack], seen), connack);
  t.is(firstMissing([publish, publish], seen), publish);
  t.is(firstMissing([connect], []), connect);
});
