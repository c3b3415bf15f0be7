import test from 'ava';
import { timeZoneOf } from '../../../../pi/card/time-zone.ts';

/** [TZ; where /etc/localtime leads to; the name by Node; the time zone] */
const rows: readonly (readonly [
  TZ: string | undefined,
  localtime: string | undefined,
  byNode: string,
  zone: string | undefined,
])[] = [
  ['Asia/Kolkata', '/usr/share/zoneinfo/Europe/Oslo', 'Asia/Calcutta', 'Asia/Kolkata'],
  [':/usr/share/zoneinfo/Etc/GMT+1', undefined, 'Etc/GMT+1', 'Etc/GMT+1'],
  [undefined, '/usr/share/zoneinfo/Asia/Kolkata', 'Asia/Calcutta', 'Asia/Kolkata'],
  [undefined, '../usr/share/zoneinfo/America/Argentina/Buenos_Aires', 'x', 'America/Argentina/Buenos_Aires'],
  ['CET-1CEST', undefined, 'Etc/Unknown', undefined],
  ['', undefined, 'Etc/Unknown', undefined],
  [undefined, undefined, 'UTC', 'UTC'],
];

for (const [TZ, localtime, byNode, zone] of rows) {
  test(`TZ ${TZ}, /etc/localtime ${localtime}, by Node ${byNode}: ${zone}`, (t) => {
    t.is(timeZoneOf([TZ, localtime], byNode), zone);
  });
}
