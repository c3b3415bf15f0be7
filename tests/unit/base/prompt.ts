import test from 'ava';
import { oneAtATime } from '../../../base/limit.ts';
import { askLine, askSecretly, canAsk } from '../../../base/prompt.ts';
import { openGate } from '../../../terminal/display.ts';

test('asks nothing without a terminal', async (t) => {
  t.false(canAsk());
  t.deepEqual(await Promise.all([askLine('? '), askSecretly('? ')]), [undefined, undefined]);
});

test('runs work one at a time, in the order of the calls, also after a failure', async (t) => {
  const inTurn = oneAtATime();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  t.deepEqual(
    all.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('a display shows what it gets during a question after it', (t) => {
  const shown: string[] = [];
  const gate = openGate();
  const show = (text: string) => gate.pass(() => shown.push(text));
  show('before');
  const open = gate.close();
  for (const text of ['one', 'two']) show(text);
  t.deepEqual(shown, ['before']);
  open();
  show('after');
  t.deepEqual(shown, ['before', 'one', 'two', 'after']);
});
