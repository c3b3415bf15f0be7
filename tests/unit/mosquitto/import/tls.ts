import test from 'ava';
import { tlsOf } from '../../../../mosquitto/import/tls.ts';

test('an identity by certificate needs a required one', (t) => {
  const options = new Map(
    Object.entries({ certfile: '/c', keyfile: '/k', use_identity_as_username: 'true' }).map(([name, value]) => [
      name,
      { file: '/c', name, value },
    ]),
  );
  t.deepEqual(tlsOf({ file: '/c', port: 1, address: undefined, options }).tls, {});
});
