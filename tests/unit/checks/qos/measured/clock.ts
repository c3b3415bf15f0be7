import test from 'ava';
import { piTime } from '../../../../../checks/qos/measured/clock.ts';

const reading = (ns: number, uncertainNs: number, at = 0) => ({ ns, uncertainNs, at });

test('takes the clock of the same kernel for the same clock, unless the exchanges contradict it', (t) => {
  t.deepEqual(piTime(true, reading(300, 400), reading(-1_000_400, 400)).clock, { kind: 'same' });
  t.is(piTime(true, reading(300, 400), reading(-1_000_401, 400)).clock.kind, 'exchanged');
});

test('knows the clock of another kernel to the worse of two readings', (t) => {
  const { clock, toHere } = piTime(false, reading(5e6, 100_000, 0), reading(7e6, 250_000, 1e9));
  t.deepEqual(clock, { kind: 'exchanged', uncertaintyUs: 250, exchanges: 80 });
  // halfway between the readings the offset is 6 ms
  const same = piTime(true, reading(0, 1), reading(0, 1));
  t.true(Math.abs(toHere(5e8) - same.toHere(5e8) - 6) < 0.001);
});
