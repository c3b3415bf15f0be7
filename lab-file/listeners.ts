import type { Lab, Listener, User } from './lab.ts';

/** The listener that a lab file without `broker.listeners` has. */
export function plainListener(port: number): Listener {
  return { port, bind: 'all', protocol: 'mqtt', tls: undefined };
}

export function hasTls({ broker }: Pick<Lab, 'broker'>): boolean {
  return broker.listeners.some(({ tls }) => tls !== undefined);
}

/** Whether a user may log in there: with a password, or with a certificate where that names the user. */
export function canUse(
  { tls }: Pick<Listener, 'tls'>,
  { hasPassword, hasCertificate }: { readonly hasPassword: boolean; readonly hasCertificate: boolean },
): boolean {
  if (tls?.clients === 'required' && !hasCertificate) return false;
  return tls?.identity === 'common-name' || hasPassword;
}

/**
 * The listener that a user's clients use: the one chosen for a run, then TLS before plain, then MQTT over TCP before
 * WebSockets, then the one that asks for less. Undefined where the user may log in at none of them.
 */
export function bestListener<L extends Listener & { readonly isChosen?: true }>(
  listeners: readonly L[],
  { password, certificate }: Pick<User, 'password' | 'certificate'>,
): L | undefined {
  const has = { hasPassword: password !== undefined, hasCertificate: certificate !== undefined };
  return listeners.filter((listener) => canUse(listener, has)).toSorted((a, b) => rank(a) - rank(b))[0];
}

function rank({ tls, protocol, isChosen }: Listener & { readonly isChosen?: true }): number {
  if (isChosen) return -1;
  const asked = tls?.identity === 'common-name' ? 2 : tls?.clients === 'required' ? 1 : 0;
  return (tls === undefined ? 10 : 0) + (protocol === 'mqtt' ? 0 : 5) + asked;
}

/** What a listener is, in words: `MQTT over TLS, client certificates`. */
export function listenerText({ protocol, tls }: Listener): string {
  const isWeb = protocol === 'websockets';
  if (tls === undefined) return isWeb ? 'MQTT over WebSockets' : 'MQTT';
  const clients = tls.clients === 'required' ? ', client certificates' : '';
  const names = tls.identity === 'common-name' ? ' that name the user' : '';
  return `MQTT over ${isWeb ? 'secure WebSockets' : 'TLS'}${clients}${names}`;
}
