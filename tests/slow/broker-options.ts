import test from 'ava';
import { TAKEN } from '../lab/support/broker-options.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { verify } from '../lab/support/verified.ts';

const PORT = 21_977;
const TEST_MS = 300_000;

const theLab = ownLab('broker-options', { broker: { host: 'container', port: PORT } }, { installed: true });

for (const [option, values] of Object.entries(TAKEN)) {
  for (const value of values) {
    test.serial(`verify follows ${option}: ${value}`, async (t) => {
      t.timeout(TEST_MS);
      await theLab().write({ broker: { host: 'container', port: PORT, options: { [option]: value } } });
      const up = await theLab().run(['up', '--no-verify']);
      t.is(up.code, 0, up.all);
      const { code, output } = await verify(theLab(), ['--quick'], { boundMs: TEST_MS });
      t.is(code, 0, output);
    });
  }
}
