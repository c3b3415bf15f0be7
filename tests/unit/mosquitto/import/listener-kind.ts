import test from 'ava';
import { listenerText } from '../../../../mosquitto/import/listener-kind.ts';

test('says in words what a listener is', (t) => {
  const option = (name: string, value: string): [string, { file: string; name: string; value: string }] => {
    return [name, { file: '/c', name, value }];
  };
  const options = new Map([option('protocol', 'websockets'), option('certfile', '/c'), option('keyfile', '/k')]);
  const listener = { file: '/c', port: 9001, address: '::1', options };
  t.is(listenerText(listener), 'the listener on port 9001 for WebSockets with TLS on the loopback address');
});
