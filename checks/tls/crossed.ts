import type { AttemptTls } from '../../probes/tls/attempt.ts';
import { connackCode } from '../../probes/tls/steps.ts';
import { type AttemptCheck, attemptAt, type ListenerAt } from './attempt-check.ts';
import { stepsAt } from './login.ts';
import { judgeNoTls, judgePlain } from './verdict.ts';

/** A client without TLS gets nothing from a port with TLS, and the other way round. */
export function crossedCheck(at: ListenerAt): AttemptCheck {
  const { address, port, reachedPort, tls } = at.listener;
  if (tls !== undefined) {
    const steps = stepsAt(at);
    return {
      id: `tls.plain.${port}`,
      claim: `port ${port} gives a client without TLS no CONNACK`,
      expected: { answered: false },
      attempt: () => ({ address, port: reachedPort, steps }),
      judge: (outcome) => judgePlain(outcome, connackCode(steps, outcome.answers)),
    };
  }
  const anyBroker: AttemptTls = { name: address };
  return {
    id: `tls.none.${port}`,
    claim: `port ${port}, which is plain, speaks no TLS`,
    expected: { tls: false },
    attempt: () => attemptAt(at, { tls: anyBroker }),
    judge: judgeNoTls,
  };
}
