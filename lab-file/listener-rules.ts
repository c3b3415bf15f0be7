import type { Draft } from './draft.ts';
import { canUse } from './listeners.ts';
import type { Mistake } from './mistake.ts';
import { mistake, subject } from './mistake.ts';
import { PASSWORD } from './schema.ts';

/** What is wrong with listeners, certificates, and users who have no way in. */
export function listenerMistakes(draft: Draft, isFile: (path: string) => boolean): Mistake[] {
  return [
    ...portBesideListeners(draft),
    ...portsOnce(draft),
    ...identities(draft),
    ...outOfReach(draft),
    ...webSocketsInContainer(draft),
    ...externalListeners(draft),
    ...certificates(draft, isFile),
    ...unusedTls(draft),
    ...foreignCertificates(draft),
    ...waysIn(draft),
    ...commonNames(draft),
  ];
}

type DraftListener = NonNullable<NonNullable<NonNullable<Draft['broker']>['listeners']>[number]>;

/** The readable listeners, each with its place in the list. */
function listenersOf({ broker }: Draft): (readonly [number, DraftListener])[] {
  return (broker?.listeners ?? []).flatMap((listener, index) =>
    listener === undefined ? [] : [[index, listener] as const],
  );
}

function portBesideListeners({ broker }: Draft): Mistake[] {
  if (broker?.port === undefined || broker.listeners === undefined) return [];
  const text = 'has no effect beside broker.listeners; a listener with this port is allowed there';
  return [{ ...mistake(['broker', 'port'], text), at: 'key' }];
}

function portsOnce(draft: Draft): Mistake[] {
  const seen = new Map<number, number>();
  return listenersOf(draft).flatMap(([index, { port }]) => {
    if (port === undefined) return [];
    const first = seen.get(port);
    if (first === undefined) {
      seen.set(port, index);
      return [];
    }
    const text = `is ${port}, as in ${subject(['broker', 'listeners', first])}; a port of its own is allowed`;
    return [mistake(['broker', 'listeners', index, 'port'], text)];
  });
}

/** Without a certificate there is no common name; Mosquitto would refuse every client. */
function identities(draft: Draft): Mistake[] {
  return listenersOf(draft).flatMap(([index, { tls }]) => {
    if (tls?.identity !== 'common-name' || tls.clients === 'required') return [];
    const text = 'is common-name, which needs a certificate of every client; it is allowed beside clients: required';
    return [mistake(['broker', 'listeners', index, 'tls', 'identity'], text)];
  });
}

function isLoopback({ bind }: DraftListener): boolean {
  return bind === 'loopback';
}

type Reached = { readonly from: string; readonly needed: string; readonly listeners: readonly DraftListener[] };

/** The listeners that clients reach from this machine and from the Pis, where the lab file lists any. */
function reachedFrom(draft: Draft): Reached[] {
  const { broker, pis } = draft;
  const all = listenersOf(draft).map(([, listener]) => listener);
  if (all.length === 0) return [];
  const isHere = broker?.host === undefined || broker.host === 'local' || broker.host === 'external';
  const open = all.filter((listener) => !isLoopback(listener));
  const here = { from: 'this machine', needed: 'bind: all', listeners: isHere ? all : open };
  if (Object.keys(pis ?? {}).length === 0) return [here];
  // no client program there speaks WebSockets
  const ofPis = open.filter(({ protocol }) => protocol !== 'websockets');
  return [here, { from: 'a Pi', needed: 'bind: all and protocol: mqtt', listeners: ofPis }];
}

function outOfReach(draft: Draft): Mistake[] {
  return reachedFrom(draft).flatMap(({ from, needed, listeners }) =>
    listeners.length > 0
      ? []
      : [mistake(['broker', 'listeners'], `has none that ${from} reaches; one with ${needed} is needed`)],
  );
}

/** Debian 12's Mosquitto has no WebSockets, and silently opens no such listener. On other hosts the plan asks. */
function webSocketsInContainer(draft: Draft): Mistake[] {
  const { broker, containers } = draft;
  if (broker?.host !== 'container' || (containers?.debian ?? 12) !== 12) return [];
  return listenersOf(draft).flatMap(([index, { protocol }]) => {
    if (protocol !== 'websockets') return [];
    const text =
      "is websockets, which Debian 12's Mosquitto does not speak; it is allowed beside containers.debian: 13";
    return [mistake(['broker', 'listeners', index, 'protocol'], text)];
  });
}

function externalListeners(draft: Draft): Mistake[] {
  const { broker } = draft;
  if (broker?.host !== 'external') return [];
  const why = 'has no effect, since an external broker is never changed; leave it out';
  const withKeys = (['certificate', 'key', 'revoke'] as const).filter((key) => broker.tls?.[key] !== undefined);
  return [
    ...listenersOf(draft).flatMap(([index, listener]) => {
      const path = ['broker', 'listeners', index, 'bind'];
      return isLoopback(listener) ? [{ ...mistake(path, why), at: 'key' as const }] : [];
    }),
    ...withKeys.map((key) => ({ ...mistake(['broker', 'tls', key], why), at: 'key' as const })),
    ...(listenersOf(draft).some(([, { tls }]) => tls !== undefined) && broker.tls?.ca === undefined
      ? [mistake(['broker', 'listeners'], "has TLS without the broker's CA; broker.tls.ca is needed beside it")]
      : []),
  ];
}

/** Files that exist, and a certificate that is whole: certificate, key and CA belong together. */
function certificates({ broker, users }: Draft, isFile: (path: string) => boolean): Mistake[] {
  const tls = broker?.tls ?? {};
  const own = (['certificate', 'key', 'ca'] as const).filter((key) => tls[key] !== undefined);
  const files = [
    ...own.map((key) => [['broker', 'tls', key], tls[key] ?? ''] as const),
    ...Object.entries(users ?? {}).flatMap(([user, entry]) => {
      const certificate = entry?.certificate;
      if (typeof certificate !== 'object') return [];
      return (['certificate', 'key'] as const).map(
        (key) => [['users', user, 'certificate', key], certificate[key]] as const,
      );
    }),
  ];
  const missing = files.flatMap(([path, file]) =>
    isFile(file) ? [] : [mistake(path, `${JSON.stringify(file)} is not a readable file; a PEM file is allowed`)],
  );
  if (broker?.host === 'external' || own.length === 0 || own.length === 3) return missing;
  const text = `has ${own.join(' and ')} alone; certificate, key and ca are allowed together, or none of them`;
  return [...missing, mistake(['broker', 'tls'], text)];
}

function unusedTls(draft: Draft): Mistake[] {
  if (draft.broker?.tls === undefined || listenersOf(draft).some(([, { tls }]) => tls !== undefined)) return [];
  const text = 'has no effect without a listener with tls; one is allowed in broker.listeners';
  return [{ ...mistake(['broker', 'tls'], text), at: 'key' }];
}

/** The lab's own broker trusts the lab's CA alone, and no other broker trusts that CA. */
function foreignCertificates({ broker, users }: Draft): Mistake[] {
  const isExternal = broker?.host === 'external';
  const text = isExternal
    ? "is true, but an external broker does not know the lab's CA; { certificate: PATH, key: PATH } is allowed"
    : "is not of the lab's CA, which alone the lab's broker trusts; true is allowed";
  return Object.entries(users ?? {}).flatMap(([user, entry]) => {
    const isForeign = isExternal ? entry?.certificate === true : typeof entry?.certificate === 'object';
    return isForeign ? [mistake(['users', user, 'certificate'], text)] : [];
  });
}

/** A user needs a listener to log in at, from this machine and from the Pis. */
function waysIn(draft: Draft): Mistake[] {
  const plain = { from: 'this machine', listeners: [{ tls: undefined }] };
  const lists =
    listenersOf(draft).length === 0 ? [plain] : reachedFrom(draft).filter(({ listeners }) => listeners.length > 0);
  return Object.entries(draft.users ?? {}).flatMap(([user, entry]) => {
    if (entry === undefined) return [];
    const { hasPassword, certificate = false } = entry;
    const has = { hasPassword, hasCertificate: certificate !== false };
    if (!hasPassword && !has.hasCertificate) return [mistake(['users', user, 'password'], `is missing; ${PASSWORD}`)];
    const closed = lists.find(
      ({ listeners }) => !listeners.some(({ tls }) => canUse({ tls: asListenerTls(tls) }, has)),
    );
    if (closed === undefined) return [];
    const needs = hasPassword
      ? ['a certificate', 'certificate: true is allowed']
      : ['a password', 'one is allowed, or a listener with tls: { clients: required, identity: common-name }'];
    return [
      {
        ...mistake(['users', user], `needs ${needs[0]} at every listener that ${closed.from} reaches; ${needs[1]}`),
        at: 'key' as const,
      },
    ];
  });
}

function asListenerTls(tls: DraftListener['tls']) {
  return tls && { clients: tls.clients ?? ('none' as const), identity: tls.identity ?? ('password' as const) };
}

/** Longest common name (RFC 5280, ub-common-name). */
const LONGEST_NAME = 64;

function commonNames({ users }: Draft): Mistake[] {
  return Object.entries(users ?? {}).flatMap(([user, entry]) => {
    if (entry?.certificate !== true || [...user].length <= LONGEST_NAME) return [];
    const text = `is true beside a name of more than ${LONGEST_NAME} characters, which no certificate holds; a shorter user name is allowed`;
    return [mistake(['users', user, 'certificate'], text)];
  });
}
