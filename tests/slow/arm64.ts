import test from 'ava';
import * as z from 'zod';
import { engine } from '../lab/support/container.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { followAdvice } from './support/binfmt.ts';

const theLab = ownLab('arm64', { pis: { pi: { host: 'container', architecture: 'arm64' } } });
/** qemu runs every program that installs a Debian of another architecture. */
const FIRST_UP_MS = 1_500_000;
const INSTALL_MS = 300_000;
const VERIFY_MS = 150_000;

const Verified = z.object({ checks: z.array(z.object({ id: z.string(), verdict: z.string() })) });

test.serial('starts an arm64 Pi after the installation that the error advises', async (t) => {
  t.timeout(FIRST_UP_MS + INSTALL_MS);
  const lab = theLab();
  const plan = await lab.run(['plan']);
  if (plan.code === 2) {
    t.regex(plan.stderr, /^pi: emulate arm64: the Docker engine is \w+ and can't run arm64 programs: binfmt_misc /m);
    const up = await lab.run(['up', '--no-verify']);
    t.is(up.code, 2, up.all);
    const docker = await engine();
    const filters = { label: [`mqtt-lab=${lab.name}`] };
    t.deepEqual(await docker.listContainers({ all: true, filters }), []);
    t.deepEqual(await docker.listNetworks({ filters }), []);
    await followAdvice(up.stderr, INSTALL_MS);
  }
  const { code, all } = await lab.run(['up', '--no-verify', '--yes'], { boundMs: FIRST_UP_MS });
  t.is(code, 0, all);
  t.regex(all, /^hosts: 6 changed$/m);
  const machine = await lab.run(['ssh', 'pi', 'uname -m; dpkg --print-architecture; sudo -n true || id -un']);
  // sudo needs setuid; where binfmt_misc ignores it, the login is root
  t.regex(machine.stdout, /^aarch64\narm64\n(root\n)?$/);
  const [image] = await (await engine()).listImages({
    filters: { label: [`mqtt-lab=${lab.name}`, 'mqtt-lab.architecture'] },
  });
  const inspected = await (await engine()).getImage(image?.Id ?? '').inspect();
  t.is(inspected.Architecture, 'arm64');
});

test.serial('changes nothing in a second up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
  t.regex(all, /^hosts: 0 changed$/m);
});

for (const scope of [['--quick'], ['--only', 'qos.size,qos.sequence,qos.latency']]) {
  test.serial(`passes verify ${scope.join(' ')} with the checks of the Pi`, async (t) => {
    const { code, stdout, all } = await theLab().run(['verify', ...scope, '--json'], { boundMs: VERIFY_MS });
    t.is(code, 0, all);
    const own = Verified.parse(JSON.parse(stdout)).checks.filter(({ id }) => id.endsWith('.pi'));
    t.true(own.length >= 18, `${own.length} checks on the Pi`);
    t.deepEqual(
      own.filter(({ verdict }) => verdict !== 'pass'),
      [],
    );
  });
}
