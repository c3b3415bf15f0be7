import type { Step } from '../../probes/tls/attempt.ts';
import { loginSteps } from '../../probes/tls/steps.ts';
import { loginOf } from '../harness/test-lab.ts';
import type { ListenerAt } from './attempt-check.ts';

/** What the listener's user sends to log in: no name where the certificate has it. */
export function stepsAt({ listener, user }: ListenerAt): Step[] {
  const { protocol, tls, address, reachedPort: port } = listener;
  const login = user === undefined || tls?.identity === 'common-name' ? {} : loginOf(user);
  return loginSteps(protocol, login, { address, port });
}
