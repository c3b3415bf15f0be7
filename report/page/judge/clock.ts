import type { Clock } from '../../measured/clock.ts';
import { msOfUs } from '../format.ts';

/** How times of two hosts were made comparable, as the rest of a sentence. */
export function clockText(clock: Clock): string {
  return clock.kind === 'same'
    ? 'both ends run on one kernel, whose monotonic clock both read'
    : `the other host’s clock was asked ${clock.exchanges} times, so that its offset is known to ± ${msOfUs(clock.uncertaintyUs)} ms`;
}
