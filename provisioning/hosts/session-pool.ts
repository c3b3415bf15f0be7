import { ignoreFailure } from '../../base/errors.ts';

/** Room for one session on a connection. */
export type Lease<C> = {
  readonly connection: C;
  /** The host has opened the session. */
  opened(): void;
  /** The host has refused the session. */
  refused(): void;
  release(): void;
};

/** `end`: ends other commands, so it must not wait for them. */
export type Purpose = 'run' | 'end';

/**
 * The connections to one host and their sessions. How many sessions a connection may have (sshd_config(5), MaxSessions)
 * shows when the host refuses one; then further connections are opened, one after the other.
 */
export type SessionPool<C> = {
  /** Waits for a connection with room; rejects with the signal's reason. */
  take(purpose: Purpose, signal?: AbortSignal): Promise<Lease<C>>;
  /** Forgets a connection that has ended. */
  remove(connection: C): void;
};

type Place<C> = { readonly connection: C; readonly leases: Set<object> };
type Waiter<C> = { readonly purpose: Purpose; readonly serve: (place: Place<C>) => void };

/** Sessions that remain for ending commands: an interrupted run has no time to log in. */
const SPARE = 1;

/** @param connect opens a further connection; when it fails, sessions wait until others end */
export function sessionPool<C>(first: C, connect: () => Promise<C>): SessionPool<C> {
  const places: Place<C>[] = [{ connection: first, leases: new Set() }];
  const waiting: Waiter<C>[] = [];
  let limit = Number.POSITIVE_INFINITY;
  let mostOpen = 0;
  let isConnecting = false;
  let mayConnect = true;

  const room = () => places.reduce((sum, { leases }) => sum + Math.max(0, limit - leases.size), 0);
  const serve = () => {
    for (;;) {
      const [waiter] = waiting;
      if (waiter === undefined) return;
      // the only session of a host cannot be spared
      const most = mayConnect ? SPARE : Math.min(SPARE, places.length * limit - 1);
      const spare = waiter.purpose === 'run' ? most : 0;
      const place = places.find(({ leases }) => leases.size < limit);
      if (place === undefined || room() <= spare) return void grow();
      waiting.shift();
      waiter.serve(place);
    }
  };
  const grow = async () => {
    if (isConnecting || !mayConnect) return;
    isConnecting = true;
    const connection = await ignoreFailure(connect());
    isConnecting = false;
    if (connection === undefined) mayConnect = false;
    else places.push({ connection, leases: new Set() });
    serve();
  };
  const leaseOn = ({ connection, leases }: Place<C>): Lease<C> => {
    const lease: Lease<C> = {
      connection,
      opened() {
        mostOpen = Math.max(mostOpen, [...leases].indexOf(lease) + 1);
      },
      refused() {
        // the host opens sessions in the order of the requests
        const before = [...leases].indexOf(lease);
        limit = Math.min(limit, Math.max(1, mostOpen, before));
      },
      release() {
        if (leases.delete(lease)) serve();
      },
    };
    leases.add(lease);
    return lease;
  };
  return {
    async take(purpose, signal) {
      signal?.throwIfAborted();
      return await new Promise((resolve, reject) => {
        const onAbort = () => {
          const at = waiting.indexOf(waiter);
          if (at >= 0) waiting.splice(at, 1);
          reject(signal?.reason);
        };
        const waiter: Waiter<C> = {
          purpose,
          serve(place) {
            signal?.removeEventListener('abort', onAbort);
            resolve(leaseOn(place));
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        // a login that failed once may work now
        if (purpose === 'end') {
          mayConnect = true;
          waiting.unshift(waiter);
        } else waiting.push(waiter);
        serve();
      });
    },
    remove(connection) {
      const at = places.findIndex((place) => place.connection === connection);
      if (at >= 0) places.splice(at, 1);
      serve();
    },
  };
}
