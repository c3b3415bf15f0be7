import test from 'ava';
import { z } from 'zod';
import { checksOf, evidenceOf, recordsOf } from '../../../../report/page/measured.ts';
import { recordOf, resultsOf } from './_results.ts';

const schema = z.object({ bytes: z.number() });
const results = resultsOf([
  recordOf('qos.size.q0', { observed: { bytes: 5 } }),
  recordOf('qos.size.q1', { observed: { bytes: 'many' }, verdict: 'fail' }),
  recordOf('qos.size.q2', { observed: undefined, verdict: 'skipped' }),
  recordOf('qos.sizes', { observed: { bytes: 6 } }),
]);

test('records are found by the first words of their ids, and not by half a word', (t) => {
  t.deepEqual(
    checksOf(results, 'qos.size').map(({ id }) => id),
    ['qos.size.q0', 'qos.size.q1', 'qos.size.q2'],
  );
  t.deepEqual(
    checksOf(results, 'qos.sizes').map(({ id }) => id),
    ['qos.sizes'],
  );
});

test('what does not have the shape of a measurement is none', (t) => {
  t.deepEqual(
    recordsOf(results, 'qos.size', schema).map(({ record, observed }) => [record.id, observed.bytes]),
    [['qos.size.q0', 5]],
  );
});

test('of the evidence only what has the shape', (t) => {
  t.deepEqual(
    evidenceOf(recordOf('qos.a', { evidence: ['line', { bytes: 1 }, { bytes: 'x' }, { bytes: 2 }] }), schema),
    [{ bytes: 1 }, { bytes: 2 }],
  );
  t.deepEqual(evidenceOf(recordOf('qos.a'), schema), []);
});
