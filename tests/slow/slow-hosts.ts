import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { engine } from '../lab/support/container.ts';
import { ownLab } from '../lab/support/own-lab.ts';
import { verify } from '../lab/support/verified.ts';

/** Runs of each kind; a false alarm in any of them fails the test. */
const RUNS = Number(process.env.SLOW_RUNS ?? 20);
const RUN_MS = 600_000;
/** Of one CPU. */
const LITTLE = 0.05;
const ALL = availableParallelism();

const theLab = ownLab('slow-hosts', {}, { installed: true });

test.serial('the lab comes up', async (t) => {
  const up = await theLab().run(['up', '--no-verify']);
  t.is(up.code, 0, up.all);
});

/** Gives containers of the lab this share of the CPUs until the test ends. */
async function throttle(t: ExecutionContext, machines: readonly string[]): Promise<void> {
  const docker = await engine();
  const give = async (cpus: number) => {
    for (const machine of machines) {
      const { Id } = await theLab().container(machine).inspect();
      await docker.getContainer(Id).update({ NanoCpus: cpus * 1e9 });
    }
  };
  t.teardown(() => give(ALL));
  await give(LITTLE);
}

async function passes(t: ExecutionContext): Promise<void> {
  t.timeout(RUNS * RUN_MS);
  for (let run = 1; run <= RUNS; run += 1) {
    const begun = performance.now();
    const { code, checks, output } = await verify(theLab(), ['--quick'], { boundMs: RUN_MS });
    t.is(code, 0, `run ${run}: ${output}`);
    t.log(`run ${run}: ${checks.size} checks in ${Math.round((performance.now() - begun) / 1000)} s`);
  }
}

for (const machines of [['broker'], ['pi'], ['broker', 'pi']]) {
  test.serial(`no false alarm with 5 % of a CPU for ${machines.join(' and ')}`, async (t) => {
    await throttle(t, machines);
    await passes(t);
  });
}

test.serial('no false alarm while all cores are busy', async (t) => {
  const busy = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  t.teardown(() => {
    for (const one of busy) one.kill('SIGKILL');
  });
  await passes(t);
});

test.serial('a slow broker that accepts anonymous clients fails auth, and nothing else', async (t) => {
  t.timeout(RUN_MS);
  const broker = theLab().container('broker');
  await broker.shell(`sed -i 's/^allow_anonymous .*/allow_anonymous true/' /etc/mosquitto/conf.d/lab.conf
kill "$(cat /run/mosquitto/mosquitto.pid)"
while [ -e /run/mosquitto/mosquitto.pid ]; do sleep 0.05; done
mosquitto -d -c /etc/mosquitto/mosquitto.conf 2>/dev/null`);
  await throttle(t, ['broker', 'pi']);
  const { code, checks } = await verify(theLab(), ['--quick', '--only', 'auth,acl,qos'], { boundMs: RUN_MS });
  t.is(code, 1);
  const failed = [...checks].flatMap(([id, verdict]) => (verdict === 'fail' ? [id] : []));
  t.true(failed.includes('auth.anonymous.v311.this-machine'));
  t.deepEqual(
    // an empty user name is none
    failed.filter((id) => !/^auth\.(anonymous\.|unknown-user\..*\.empty\.)/.test(id)),
    [],
  );
});
