import test from 'ava';
import { clocksText, clockText } from '../../../../../report/page/analysis/clock.ts';

const host = (name: string, isSameKernel?: boolean) => ({
  ...{ name, place: 'container' },
  ...(isSameKernel === undefined ? {} : { isSameKernel }),
});

test('says how times were made comparable', (t) => {
  t.regex(clockText({ kind: 'same' }), /one kernel/);
  t.regex(clockText({ kind: 'exchanged', uncertaintyUs: 1_234, exchanges: 50 }), /50 exchanges.*± 1\.23 ms/);
});

for (const [hosts, text] of [
  [[host('this machine', true)], undefined],
  [[host('this machine', true), host('pi')], undefined],
  [[host('this machine', true), host('pi', true)], /^Clocks: pi shares this machine’s kernel and its clock\.$/],
  [
    [host('this machine', true), host('broker', true), host('hall', false), host('pi', true)],
    /broker and pi share this machine’s kernel .* hall has a clock of its own\. .*offset/,
  ],
] as const) {
  test(`describes the clocks of ${hosts.length} hosts: ${text}`, (t) => {
    if (text === undefined) t.is(clocksText(hosts), undefined);
    else t.regex(clocksText(hosts) ?? '', text);
  });
}
