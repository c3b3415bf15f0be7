import type { HostOfRun } from '../../../records/environment.ts';
import type { Clock } from '../../../records/measured/clock.ts';
import { listed, msOfUs } from '../format.ts';

/** How times of two hosts were made comparable, as the end of a sentence. */
export function clockText(clock: Clock): string {
  return clock.kind === 'same'
    ? 'both ends run on one kernel and read its monotonic clock'
    : `${clock.exchanges} exchanges with the other host give the offset of its clock to ± ${msOfUs(clock.uncertaintyUs)} ms`;
}

/** Which clocks the times of a run come from; undefined where no machine reported its kernel. */
export function clocksText(hosts: readonly HostOfRun[]): string | undefined {
  const others = hosts.filter(({ name, isSameKernel }) => name !== 'this machine' && isSameKernel !== undefined);
  const named = (isSame: boolean) =>
    others.filter(({ isSameKernel }) => isSameKernel === isSame).map(({ name }) => name);
  const [same, apart] = [named(true), named(false)];
  const texts = [
    ...(same.length === 0
      ? []
      : [`${listed(same)} ${same.length === 1 ? 'shares' : 'share'} this machine’s kernel and its clock.`]),
    ...(apart.length === 0
      ? []
      : [
          `${listed(apart)} ${apart.length === 1 ? 'has a clock of its own' : 'have clocks of their own'}. Wherever the page compares times of two machines, the lab measured the offset by exchanges.`,
        ]),
  ];
  return texts.length === 0 ? undefined : `Clocks: ${texts.join(' ')}`;
}
