import { printable, seconds } from '../../base/paint.ts';
import type { SlowPlace } from '../../records/environment.ts';

/** `the broker: 1.2 s a login, 6 checks at a time`, for each place that was too slow for all its checks at once. */
export function slowPlaceLines(places: readonly SlowPlace[] = []): string[] {
  return places.map(({ place, typicalMs, atATime }) => {
    const what = place === 'the broker' ? 'a login' : 'to start a command';
    return printable(`slow: ${place}: ${seconds(typicalMs)} ${what}, ${atATime} checks at a time`);
  });
}
