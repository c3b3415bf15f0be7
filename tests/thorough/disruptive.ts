import test from 'ava';
import { ownLab } from '../lab/support/own-lab.ts';
import { verify } from '../lab/support/verified.ts';

const theLab = ownLab('disruptive', {}, { installed: true });

test.serial('verify --disruptive passes, and leaves the lab unchanged', async (t) => {
  const lab = theLab();
  const up = await lab.run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
  const { code, checks, output } = await verify(lab, ['--disruptive', '--only', 'restart']);
  t.is(code, 0, output);
  const verdicts = Object.fromEntries(checks);
  for (const aspect of ['connections', 'session', 'queue', 'retained', 'will']) {
    t.is(verdicts[`restart.stop.${aspect}`], 'pass', output);
    t.is(verdicts[`restart.crash.${aspect}`], aspect === 'will' ? 'deviation' : 'pass', output);
  }
  t.is(verdicts['restart.pi.pi.will'], 'pass', output);
  t.is(verdicts['restart.pi.pi.reconnect'], 'pass', output);
  const again = await lab.run(['up', '--no-verify']);
  t.is(again.code, 0, again.all);
  t.regex(again.all, /^hosts: 0 changed$/m);
});
