import test from 'ava';
import { clocksText, clockText } from '../../../../../report/page/judge/clock.ts';

const host = (name: string, isSameKernel?: boolean) => ({
  ...{ name, place: 'container' },
  ...(isSameKernel === undefined ? {} : { isSameKernel }),
});

test('how times were made comparable', (t) => {
  t.regex(clockText({ kind: 'same' }), /one kernel/);
  t.regex(clockText({ kind: 'exchanged', uncertaintyUs: 1_234, exchanges: 50 }), /asked 50 times.*± 1\.23 ms/);
});

for (const [hosts, text] of [
  [[host('this machine', true)], undefined],
  [[host('this machine', true), host('pi')], undefined],
  [
    [host('this machine', true), host('pi', true)],
    'Clocks: pi runs on this machine’s kernel and so read the same clock.',
  ],
  [
    [host('this machine', true), host('broker', true), host('hall', false), host('pi', true)],
    'Clocks: broker and pi run on this machine’s kernel and so read the same clock. hall has a clock of its own, whose offset is measured by questions and answers wherever times of two machines are compared.',
  ],
] as const) {
  test(`clocks of ${hosts.length} hosts: ${text}`, (t) => {
    t.is(clocksText(hosts), text);
  });
}
