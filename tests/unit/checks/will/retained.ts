import test from 'ava';
import { wrongWith } from '../../../../checks/will/retained.ts';

const will = { payload: Buffer.from('will 1'), qos: 1 };

test('a new subscriber must be served the retained last will with its payload and QoS', (t) => {
  t.is(wrongWith({ payload: will.payload, qos: 1 }, will), undefined);
  t.regex(wrongWith(undefined, will) ?? '', /no retained message/);
  t.regex(wrongWith({ payload: Buffer.from('older'), qos: 1 }, will) ?? '', /another retained message/);
  t.regex(wrongWith({ payload: will.payload, qos: 0 }, will) ?? '', /QoS 0, not 1/);
});
