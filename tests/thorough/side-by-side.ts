import test from 'ava';
import { labelled } from '../lab/support/container.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const here = ownLab(
  'here',
  { pis: {}, topics: { one: { publish: ['sam'], subscribe: ['alice'] } } },
  { installed: true },
);
const there = ownLab(
  'there',
  { pis: {}, topics: { other: { publish: ['sam'], subscribe: ['alice'] } } },
  { installed: true },
);
const CHECKS = 'auth.accepted,acl.publish';

test.serial('two labs come up side by side, at the same time', async (t) => {
  const ups = await Promise.all([here(), there()].map((lab) => lab.run(['up', '--no-verify'])));
  for (const up of ups) t.is(up.code, 0, up.all);
  const things = await Promise.all([here(), there()].map(({ name }) => labelled(name)));
  for (const own of things) t.is(own.length, 3, own.join('\n'));
});

test.serial('each lab passes its verification', async (t) => {
  for (const lab of [here(), there()]) {
    const verify = await lab.run(['verify', '--only', CHECKS]);
    t.is(verify.code, 0, verify.all);
  }
});

test.serial('down of one leaves the other unchanged', async (t) => {
  const before = await labelled(there().name);
  const down = await here().run(['down']);
  t.is(down.code, 0, down.all);
  t.deepEqual(await labelled(there().name), before);
  const again = await there().run(['up', '--no-verify']);
  t.regex(again.stdout, /^hosts: 0 changed$/m);
  const verify = await there().run(['verify', '--only', CHECKS]);
  t.is(verify.code, 0, verify.all);
});
