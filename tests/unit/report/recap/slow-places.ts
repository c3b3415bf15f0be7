import test from 'ava';
import { slowPlaceLines } from '../../../../report/recap/slow-places.ts';

test('names each slow place with its time and how many checks it ran at a time', (t) => {
  const places = [
    { place: 'the broker', typicalMs: 1_234, atATime: 6 },
    { place: 'pi', typicalMs: 2_500, atATime: 3 },
  ];
  const [broker = '', pi = ''] = slowPlaceLines(places);
  t.regex(broker, /the broker: 1\.2 s a login, 6 checks at a time$/);
  t.regex(pi, /pi: 2\.5 s to start a command, 3 checks at a time$/);
  t.deepEqual(slowPlaceLines(), []);
});
