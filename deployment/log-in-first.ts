import { canAsk } from '../base/prompt.ts';
import { run } from '../provisioning/hosts/host.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import type { LiveLab } from './live-lab.ts';

const BOUND_MS = 30_000;

/**
 * Logs in to the hosts that are reached over SSH, and becomes root there, where that may need a person's answer: the smoke tests have no terminal, but get
 * what was answered. Throws a LabError with exit code 2 where a host does not let this user in.
 */
export async function logInFirst({ broker, pis }: LiveLab, signal: AbortSignal): Promise<void> {
  const hosts = [...(broker.host === undefined ? [] : [{ name: 'broker', host: broker.host }]), ...pis];
  await Promise.all(
    hosts.map(async ({ name, host: where }) => {
      if (where.kind !== 'ssh' || where.isComplete === true) return;
      if (!canAsk() && where.newHostKey !== 'accept') return;
      await using host = await openHost(name, where, signal);
      if (canAsk()) await run(host, { step: 'become root', script: ':', root: true, timeoutMs: BOUND_MS, signal });
    }),
  );
}
