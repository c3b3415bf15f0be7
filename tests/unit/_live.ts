import type { LiveBroker, LivePi } from '../../deployment/live-lab.ts';
import type { LiveListener } from '../../deployment/live-listener.ts';
import { plainListener } from '../../lab-file/listeners.ts';
import type { Endpoint } from '../../probes/mqtt/endpoint.ts';

/** The listener at an endpoint. */
function listenerAt({ address, port, protocol = 'mqtt', tls }: Endpoint): LiveListener {
  const clients = tls?.certificate === undefined ? 'none' : 'required';
  const secured = tls && ({ clients, identity: 'password' } as const);
  return { ...plainListener(port), address, reachedPort: port, protocol, tls: secured };
}

/** A live broker with one listener, where each user has the endpoint's certificate; an external one where no host is given. */
export function liveBrokerAt(
  endpoint: Endpoint,
  { host, version }: Partial<Pick<LiveBroker, 'host' | 'version'>> = {},
): LiveBroker {
  const { address, port, tls } = endpoint;
  const listeners = [listenerAt(endpoint)];
  const { certificate } = tls ?? {};
  const pairs = new Map(certificate === undefined ? [] : ['sam', 'alice'].map((user) => [user, certificate]));
  return { address, port, listeners, onHost: listeners, credentials: { ca: tls?.ca, pairs }, host, version };
}

/** A live Pi whose clients reach one plain listener. */
export function livePiAt(name: string, at: Pick<Endpoint, 'address' | 'port'>): LivePi {
  return { name, host: { kind: 'local' }, broker: { ...at, listeners: [listenerAt(at)] } };
}
