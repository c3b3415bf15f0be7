import { deferred } from '../../base/deferred.ts';
import type { CheckRecord } from '../../records/record.ts';
import { type Check, type Finding, type Need, recordOf, THIS_MACHINE } from '../harness/check.ts';

/** Makes checks inconclusive on hosts that cannot do what the checks need: a failure there would say nothing about the broker. */
export type Gate = {
  /** Runs a check's work, until a host turns out to lack what the check needs. */
  pass(check: Check, work: () => Promise<CheckRecord>): Promise<CheckRecord>;
  /** Takes what a check found about a host's path to the broker. */
  learn(check: Check, finding: Finding): void;
  /** Whether the hosts have what the check needs, as far as known. */
  isOpen(check: Check): boolean;
};

type Obstacle = Pick<CheckRecord, 'id' | 'advice'> & { readonly reason: string; readonly blocks: Need['of'] };
type HostPath = { readonly decided: ReturnType<typeof deferred<Obstacle | undefined>>; obstacle?: Obstacle };

export function openGate(checks: readonly Check[]): Gate {
  const paths = new Map<string, HostPath>();
  for (const { proves } of checks) if (proves !== undefined) paths.set(proves, { decided: deferred() });
  const known = (check: Check) => needsOf(check).flatMap((need) => stops(paths.get(need.host)?.obstacle, need) ?? []);
  return {
    async pass(check, work) {
      if (check.proves !== undefined) {
        return await work().finally(() => paths.get(check.proves ?? '')?.decided.resolve(undefined));
      }
      const needed = needsOf(check).flatMap((need) => {
        const decided = paths.get(need.host)?.decided.promise;
        return decided === undefined ? [] : [decided.then((obstacle) => stops(obstacle, need))];
      });
      const stopped = new Promise<CheckRecord>((resolve) => {
        for (const decision of needed)
          void decision.then((obstacle) => (obstacle === undefined ? undefined : resolve(blocked(check, obstacle))));
      });
      const record = await Promise.race([work(), stopped]);
      if (record.verdict !== 'fail') return record;
      const obstacle = (await Promise.all(needed)).find((found) => found !== undefined);
      return obstacle === undefined ? record : blocked(check, obstacle);
    },
    learn({ id, proves = '' }, { reason = '', advice, blocks }) {
      const path = paths.get(proves);
      if (path === undefined || blocks === undefined) return;
      path.obstacle = { id, reason, blocks, ...(advice === undefined ? {} : { advice }) };
      path.decided.resolve(path.obstacle);
    },
    isOpen: (check) => known(check).length === 0,
  };
}

/** What a check needs of hosts. */
export function needsOf({ proves, needs, host = THIS_MACHINE }: Check): readonly Need[] {
  if (proves !== undefined) return [];
  return needs ?? [...new Set([THIS_MACHINE, host])].map((each) => ({ host: each, of: 'clients' }));
}

function stops(obstacle: Obstacle | undefined, { of }: Need): Obstacle | undefined {
  return obstacle?.blocks === 'commands' || obstacle?.blocks === of ? obstacle : undefined;
}

function blocked(check: Check, { id, reason, advice }: Obstacle): CheckRecord {
  const finding = { verdict: 'inconclusive', observed: null, reason: `${id}: ${reason}` } as const;
  return recordOf(check, { ...finding, ...(advice === undefined ? {} : { advice }) });
}
