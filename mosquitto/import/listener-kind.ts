import type { FoundListener } from './conf.ts';

export type Kind = {
  /** Undefined: lab.yaml has no such listener. */
  readonly protocol: 'mqtt' | 'websockets' | undefined;
  readonly hasTls: boolean;
  readonly isLoopback: boolean;
};

const LOOPBACK = /^(127\.|::1$|localhost$)/;

export function kindOf(listener: FoundListener): Kind {
  const { address, options } = listener;
  const protocol = options.get('protocol')?.value ?? 'mqtt';
  const isPlainOrTls = !options.has('psk_hint') && options.has('certfile') === options.has('keyfile');
  const isKnown = (protocol === 'mqtt' || protocol === 'websockets') && isOnPort(listener) && isPlainOrTls;
  return {
    protocol: isKnown ? protocol : undefined,
    hasTls: options.has('certfile'),
    isLoopback: LOOPBACK.test(address ?? '') || options.get('bind_interface')?.value === 'lo',
  };
}

/** Not on a socket in the file system. */
export function isOnPort({ port, address }: Pick<FoundListener, 'port' | 'address'>): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536 && address?.startsWith('/') !== true;
}

/** `the listener on port 9001 for WebSockets with TLS` */
export function listenerText(listener: FoundListener): string {
  const { protocol, hasTls, isLoopback } = kindOf(listener);
  const kind = protocol === 'websockets' ? ' for WebSockets' : '';
  const place = isLoopback ? ' on the loopback address' : '';
  return `the listener on port ${listener.port}${kind}${hasTls ? ' with TLS' : ''}${place}`;
}
