import type { Listener } from '../../lab-file/lab.ts';
import type { AttemptCheck } from './attempt-check.ts';
import { judgeReach } from './verdict.ts';

const LOOPBACK = /^(localhost$|::1$|127\.)/;

/** Whether a Pi reaches a listener is as its `bind` says. */
export function bindCheck({ port, bind }: Pick<Listener, 'port' | 'bind'>, address: string): AttemptCheck {
  const named = {
    id: `tls.bind.${port}`,
    claim: bind === 'all' ? `port ${port} is reachable` : `port ${port}, bound to loopback, is out of reach`,
    expected: { connected: bind === 'all' },
  } as const;
  if (bind === 'loopback' && LOOPBACK.test(address)) return { ...named, why: 'it is on the host of the broker' };
  return {
    ...named,
    attempt: () => ({ address, port, steps: [] }),
    judge: (outcome) => judgeReach(outcome, bind),
  };
}
