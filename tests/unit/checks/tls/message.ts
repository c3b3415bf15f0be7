import test from 'ava';
import { judgeSame, rolesAt } from '../../../../checks/tls/message.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import { LISTENERS, labWith, testLabOf } from './_listeners.ts';

const payload = Buffer.from('payload');
const publish = (fields: Partial<Packet> = {}): Packet => ({
  ...{ direction: 'received', type: 'PUBLISH', at: 1, bytes: 20, qos: 2, payload },
  ...fields,
});
const exchanged = (copies: readonly Packet[], subscriber = copies) => ({ copies, payload, publisher: [], subscriber });

test('the message must arrive once and unaltered, in the same packets', (t) => {
  const wanted = exchanged([publish()]);
  t.is(judgeSame(exchanged([publish()]), wanted).verdict, 'pass');
  t.regex(judgeSame(exchanged([]), wanted).reason ?? '', /^0 copies/);
  t.regex(judgeSame(exchanged([publish(), publish()]), wanted).reason ?? '', /^2 copies/);
  t.regex(judgeSame(exchanged([publish({ payload: Buffer.from('other') })]), wanted).reason ?? '', /altered/);
  t.regex(judgeSame(exchanged([publish({ bytes: 21 })]), wanted).reason ?? '', /subscriber's packets, ← PUBLISH/);
});

test('both ends use the listener where they may, at least one does', (t) => {
  const lab = labWith(LISTENERS);
  const { listeners } = testLabOf(lab).live.broker;
  const names = (port: number) => {
    const listener = listeners.find((one) => one.port === port);
    const roles = listener && rolesAt(lab, listener);
    return roles && [roles.topic, roles.publisher.name, roles.subscriber.name];
  };
  t.deepEqual(names(8883), ['status', 'sam', 'alice']);
  t.deepEqual(names(8885), ['status', 'sam', 'alice']);
});
