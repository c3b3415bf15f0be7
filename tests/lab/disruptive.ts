import test from 'ava';
import { ownLab } from './support/own-lab.ts';
import { verify } from './support/verified.ts';

const theLab = ownLab('disruptive', {}, { installed: true });

test.serial(
  'what survives the end of the broker and the reboot of a Pi is verified, and leaves the lab as it was',
  async (t) => {
    const lab = theLab();
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 0, up.all);
    const { code, checks, told } = await verify(lab, ['--disruptive', '--only', 'restart']);
    t.is(code, 0, told);
    const verdicts = Object.fromEntries(checks);
    for (const aspect of ['connections', 'session', 'queue', 'retained', 'will']) {
      t.is(verdicts[`restart.stop.${aspect}`], 'pass', told);
      t.is(verdicts[`restart.crash.${aspect}`], aspect === 'will' ? 'deviation' : 'pass', told);
    }
    t.is(verdicts['restart.pi.pi.will'], 'pass', told);
    t.is(verdicts['restart.pi.pi.reconnect'], 'pass', told);
    const again = await lab.run(['up', '--no-verify']);
    t.is(again.code, 0, again.all);
    t.regex(again.all, /^hosts: 0 changed$/m);
  },
);
