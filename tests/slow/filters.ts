import test from 'ava';
import { FILTER_LAB, finds } from '../lab/support/filter-lab.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { verify } from '../lab/support/verified.ts';

const theLab = ownLab('filters', FILTER_LAB, { installed: true });

test.serial('every right at the edges of the filters holds', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const { code, output } = await verify(theLab(), ['--quick', '--only', 'acl', '--exhaustive']);
  t.is(code, 0, output);
});

/** [the fault in lab.acl; the change by sed(1); how the id of a failing check begins] */
const FAULTS: readonly (readonly [string, string, string])[] = [
  [
    'a level less',
    's|^topic write home/+/temperature|topic write home/+|',
    'acl.publish.home/mqtt-lab/temperature.hall.',
  ],
  [
    '+ for a fixed level',
    's|^topic write home/+/temperature|topic write home/+/+|',
    'acl.publish.home/mqtt-lab/temperature-mqtt-lab.',
  ],
  [
    'a fixed level for +',
    's|^topic write home/+/temperature|topic write home/secret/temperature|',
    'acl.publish.home/mqtt-lab/temperature.hall.',
  ],
  ['+ for #', 's|^topic read home/#|topic read home/+|', 'acl.subscribe.home/mqtt-lab/temperature.admin.'],
  ['# alone', 's|^topic read home/#|topic read #|', 'acl.subscribe.devices/hall/mqtt-lab.admin.'],
  ['+ for %u', 's|%u|+|', 'acl.publish.devices/hall/mqtt-lab.kitchen.'],
  ['+ for %c', 's|%c|+|', 'acl.client-id.'],
  ['the pattern of users lost', 's|^pattern readwrite devices.*||', 'acl.publish.devices/hall/mqtt-lab.hall.'],
  ['the pattern of clients lost', 's|^pattern readwrite clients.*||', 'acl.client-id.'],
  [
    'a pattern that reads and does not write',
    's|^pattern readwrite devices|pattern read devices|',
    'acl.publish.devices/hall/mqtt-lab.hall.',
  ],
  ['a rule under another user', 's|^user kitchen|user admin|', 'acl.publish.home/mqtt-lab/temperature.kitchen.'],
  ['$SYS closed', 's|^topic read .SYS/#||', 'acl.sys.admin.'],
  ['$SYS opened', 's|^user dashboard|user dashboard\\ntopic read $SYS/#|', 'acl.sys.dashboard.'],
];

for (const [fault, change, failing] of FAULTS) {
  test.serial(`finds ${fault}`, async (t) => {
    await finds(t, theLab(), change, failing);
  });
}
