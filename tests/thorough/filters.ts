import test from 'ava';
import { FILTER_LAB, finds } from '../lab/support/filter-lab.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { verify } from '../lab/support/verified.ts';

const theLab = ownLab('filters', FILTER_LAB, { installed: true });

test.serial('rights on filters hold on the broker', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const { code, checks, output } = await verify(theLab(), ['--quick', '--only', 'acl']);
  t.is(code, 0, output);
  t.true(checks.size > 100);
});

test.serial('finds a rule that is too wide', async (t) => {
  await finds(t, theLab(), 's|^topic write home/+/temperature$|topic write home/#|', 'acl.publish.home/mqtt-lab.');
});

test.serial('finds a lost denial', async (t) => {
  await finds(t, theLab(), 's|^topic deny .*||', 'acl.subscribe.home/secret/temperature.dashboard.');
});
