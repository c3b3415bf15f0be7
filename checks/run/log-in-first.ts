import { canAsk } from '../../base/prompt.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { run } from '../../provisioning/hosts/host.ts';
import { openHost } from '../../provisioning/hosts/open.ts';

const BOUND_MS = 30_000;

/**
 * Asks for every password before the checks begin: a person takes longer to answer than a check may. Does nothing
 * without a terminal to ask on. Throws a LabError when a host refuses the login.
 */
export async function logInFirst({ broker, pis }: LiveLab, signal: AbortSignal): Promise<void> {
  if (!canAsk()) return;
  const hosts = [{ name: 'broker', host: broker.host }, ...pis];
  await Promise.all(
    hosts.map(async ({ name, host: where }) => {
      if (where?.kind !== 'ssh' || where.isComplete === true) return;
      await using host = await openHost(name, where, signal);
      await run(host, { step: 'become root', script: ':', root: true, timeoutMs: BOUND_MS, signal });
    }),
  );
}
