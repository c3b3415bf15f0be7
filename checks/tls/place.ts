import { endpointAt, hostEndpointAt } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import { clientFolder } from '../../pi/client-files.ts';
import type { AttemptTls } from '../../probes/tls/attempt.ts';
import type { TestLab } from '../harness/test-lab.ts';
import type { ListenerAt } from './attempt-check.ts';

/** The listeners that clients on this machine reach. */
export function listenersHere({ lab, live: { broker } }: Pick<TestLab, 'lab' | 'live'>): ListenerAt[] {
  return broker.listeners.map((listener) => {
    const user = userOf(lab, listener);
    return { listener, user, tls: () => tlsHere(lab, broker.credentials, listener, user) };
  });
}

/** The listeners that clients on a Pi reach, those for WebSockets too. */
export function listenersOn({ lab }: Pick<TestLab, 'lab'>, { broker: { address } }: LivePi): ListenerAt[] {
  return lab.broker.listeners
    .filter(({ bind }) => bind === 'all')
    .map((declared) => {
      const listener = { ...declared, address, reachedPort: declared.port, folder: clientFolder(lab.name) };
      const user = userOf(lab, listener);
      return { listener, user, tls: () => tlsOnPi(listener, user) };
    });
}

function userOf({ users }: Lab, listener: LiveListener): User | undefined {
  return users.find((user) => bestListener([listener], user) !== undefined);
}

function tlsHere(
  lab: Lab,
  credentials: TestLab['live']['broker']['credentials'],
  listener: LiveListener,
  user: User | undefined,
): AttemptTls | undefined {
  const { tls } = endpointAt(lab, credentials, listener, user);
  if (tls === undefined) return undefined;
  const pair = tls.certificate;
  return {
    ca: { text: tls.ca },
    name: listener.address,
    ...(pair === undefined ? {} : { certificate: { chain: { text: pair.chain }, key: { text: pair.key } } }),
  };
}

/** With the files that the Pi's other clients use. */
function tlsOnPi(listener: LiveListener, user: User | undefined): AttemptTls | undefined {
  const { tls } = hostEndpointAt(listener, user?.name ?? '');
  if (tls === undefined) return undefined;
  const pair = user === undefined ? undefined : tls.certificate;
  return {
    ca: { file: tls.ca },
    name: listener.address,
    ...(pair === undefined ? {} : { certificate: { chain: { file: pair.chain }, key: { file: pair.key } } }),
  };
}
