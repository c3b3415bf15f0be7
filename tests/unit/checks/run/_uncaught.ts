import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runChecks } from '../../../../checks/run/run-checks.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { liveBrokerAt } from '../../_live.ts';

const CHECK = { claim: 'a claim', expected: 'an outcome', boundMs: 60_000 };

/** Runs a check that drops a promise which rejects, and one whose timer throws; prints the records. */
export async function main(): Promise<number> {
  const broker = liveBrokerAt({ address: '127.0.0.1', port: 1 }, { host: { kind: 'local' } });
  const families = {
    one: () => [
      {
        ...CHECK,
        id: 'acl.rejects',
        async run() {
          void Promise.reject(new Error('dropped'));
          return { verdict: 'pass', observed: 1 } as const;
        },
      } as const,
      {
        ...CHECK,
        id: 'acl.throws',
        run() {
          setTimeout(() => {
            throw new Error('from a timer');
          }, 100);
          return new Promise<never>(() => undefined);
        },
      } as const,
    ],
  };
  const runsDirectory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-uncaught-'));
  try {
    const live = Promise.resolve({ lab: labOf(TWO_USERS), broker, pis: [] });
    const { results } = await runChecks(live, { families, runsDirectory });
    console.log(JSON.stringify(results.checks.map(({ id, verdict, reason }) => ({ id, verdict, reason }))));
    return 0;
  } finally {
    await rm(runsDirectory, { recursive: true });
  }
}
