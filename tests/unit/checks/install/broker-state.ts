import test from 'ava';
import { listeningPorts } from '../../../../checks/install/broker-state.ts';

test('reads ports from /proc/net/tcp and tcp6, each once', (t) => {
  t.deepEqual(listeningPorts('00000000:075B\n00000000000000000000000000000000:075B\n0100007F:22B8\n'), [
    '1883',
    '8888 on loopback',
  ]);
  t.deepEqual(listeningPorts('00000000000000000000000001000000:22B8\n00000000:22B8'), ['8888 on loopback', '8888']);
  t.deepEqual(listeningPorts(''), []);
});
