import test from 'ava';
import { furtherKinds } from '../../../../checks/tls/kinds.ts';
import { LISTENERS, labWith, testLabOf } from './_listeners.ts';

test("takes the first listener of each kind that is nobody's best one, and compares it with the plain one", (t) => {
  const lab = labWith(`${LISTENERS}\n    - { port: 9002, protocol: websockets, tls: {} }`);
  const { users } = lab;
  const { listeners } = testLabOf(lab).live.broker;
  const found = furtherKinds(users, listeners).map(({ listener, reference }) => [listener.port, reference.port]);
  t.deepEqual(found, [
    [1883, 8883],
    [8884, 1883],
    [8885, 1883],
    [9001, 1883],
  ]);
});

test('leaves out a kind that no user can use', (t) => {
  const lab = labWith('[{ port: 1883 }, { port: 8884, tls: { clients: required } }]');
  const { listeners } = testLabOf(lab).live.broker;
  const users = lab.users.filter(({ name }) => name === 'alice');
  t.deepEqual(furtherKinds(users, listeners), []);
});
