import { ignoreFailure } from '../../base/errors.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { BROKER, type Pace } from '../harness/pace.ts';
import type { TestLab } from '../harness/test-lab.ts';

const EVERY_MS = 5_000;
const COMMAND_MS = 10_000;

/**
 * Measures the broker and each Pi while no check does. Waiting checks take no samples, so bounds would keep the slowness of
 * the run's busy start.
 */
export function openPulse(
  testLab: Pick<TestLab, 'lab' | 'live' | 'raw' | 'host'>,
  pace: Pick<Pace, 'isQuiet'>,
  everyMs = EVERY_MS,
): Disposable {
  const places = [
    { name: BROKER, measure: () => logIn(testLab) },
    ...testLab.live.pis.map(({ name, host }) => ({
      name,
      measure: async () => {
        const opened = await testLab.host(name, host, 'versions');
        await run(opened, { step: 'measure the round trip', script: ':', timeoutMs: COMMAND_MS });
      },
    })),
  ];
  const underWay = new Set<string>();
  const timer = setInterval(() => {
    for (const { name, measure } of places) {
      if (!pace.isQuiet(name, everyMs) || underWay.has(name)) continue;
      underWay.add(name);
      // what fails here fails the checks too
      void ignoreFailure(measure()).finally(() => underWay.delete(name));
    }
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function logIn(testLab: Pick<TestLab, 'lab' | 'raw'>): Promise<void> {
  const [user] = testLab.lab.users;
  if (user === undefined) return;
  const session = await testLab.raw(user);
  await session[Symbol.asyncDispose]();
}
