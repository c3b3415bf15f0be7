import type { HostOfRun } from '../../../records/environment.ts';
import type { Clock } from '../../../records/measured/clock.ts';
import { listed, msOfUs } from '../format.ts';

/** How times of two hosts were made comparable, as the rest of a sentence. */
export function clockText(clock: Clock): string {
  return clock.kind === 'same'
    ? 'both ends run on one kernel, whose monotonic clock both read'
    : `the other host’s clock was asked ${clock.exchanges} times, so that its offset is known to ± ${msOfUs(clock.uncertaintyUs)} ms`;
}

/** Which clocks the times of a run come from; nothing where its machines were not asked. */
export function clocksText(hosts: readonly HostOfRun[]): string | undefined {
  const others = hosts.filter(({ name, isSameKernel }) => name !== 'this machine' && isSameKernel !== undefined);
  const [same, apart] = [true, false].map((isSame) =>
    others.filter(({ isSameKernel }) => isSameKernel === isSame).map(({ name }) => name),
  );
  const told = [
    ...(same === undefined || same.length === 0
      ? []
      : [`${listed(same)} ${same.length === 1 ? 'runs' : 'run'} on this machine’s kernel and so read the same clock.`]),
    ...(apart === undefined || apart.length === 0
      ? []
      : [
          `${listed(apart)} ${apart.length === 1 ? 'has a clock of its own' : 'have clocks of their own'}, whose offset is measured by questions and answers wherever times of two machines are compared.`,
        ]),
  ];
  return told.length === 0 ? undefined : `Clocks: ${told.join(' ')}`;
}
