import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { type Lease, type Purpose, sessionPool } from '../../../../provisioning/hosts/session-pool.ts';

/** A host whose sshd allows `most` sessions on a connection, and `connections` connections. */
function fakeHost(most: number, connections = Number.POSITIVE_INFINITY) {
  let made = 1;
  const open = new Map<number, number>();
  const pool = sessionPool(1, async () => {
    if (made >= connections) throw new Error('no further login');
    made += 1;
    return made;
  });
  /** Requests a session until it is opened; gives the function that ends it. */
  const session = async (signal?: AbortSignal, purpose: Purpose = 'run'): Promise<() => void> => {
    for (;;) {
      const lease: Lease<number> = await pool.take(purpose, signal);
      const { connection } = lease;
      const isFull = (open.get(connection) ?? 0) >= most;
      if (!isFull) open.set(connection, (open.get(connection) ?? 0) + 1);
      await turn();
      if (!isFull) {
        lease.opened();
        return () => {
          open.set(connection, (open.get(connection) ?? 0) - 1);
          lease.release();
        };
      }
      lease.refused();
      lease.release();
    }
  };
  return { pool, session, made: () => made, open };
}

for (const most of [1, 2, 3, 10]) {
  test(`opens further connections where one has at most ${most} sessions`, async (t) => {
    const { session, made, open } = fakeHost(most);
    const sessions = await Promise.all(Array.from({ length: 21 }, () => session()));
    // one session remains for ending the others
    t.is(made(), Math.ceil(22 / most));
    t.is(Math.max(...open.values()), most);
    for (const end of sessions) end();
    await Promise.all(Array.from({ length: 21 }, () => session()));
    t.is(made(), Math.ceil(22 / most), 'uses the connections again');
  });
}

test('keeps one connection while the host refuses nothing', async (t) => {
  const { session, made } = fakeHost(10);
  await Promise.all(Array.from({ length: 10 }, () => session()));
  t.is(made(), 1);
});

test('waits for the end of a session where the host allows no further login', async (t) => {
  const { session } = fakeHost(1, 1);
  const end = await session();
  const order: string[] = [];
  const waiting = [1, 2].map(async (number) => {
    const done = await session();
    order.push(`session ${number}`);
    done();
  });
  await turn();
  order.push('the first ends');
  end();
  await Promise.all(waiting);
  t.deepEqual(order, ['the first ends', 'session 1', 'session 2']);
});

test('gives up waiting when the signal comes', async (t) => {
  const { session } = fakeHost(1, 1);
  const end = await session();
  const interrupt = new AbortController();
  const waiting = session(interrupt.signal);
  await turn();
  interrupt.abort(new Error('interrupted'));
  await t.throwsAsync(waiting, { message: 'interrupted' });
  end();
  await t.notThrowsAsync(session());
});

test('opens another connection in place of one that has ended', async (t) => {
  const { pool, session, made } = fakeHost(1);
  await session();
  await session();
  const before = made();
  pool.remove(2);
  await session();
  t.is(made(), before + 1);
});

test('ends commands without another login, before those that wait to run', async (t) => {
  const { session, made } = fakeHost(1, 3);
  const running = await Promise.all([session(), session()]);
  const order: string[] = [];
  const waiting = session().then(() => order.push('runs'));
  await turn();
  const end = await session(undefined, 'end');
  order.push('ends');
  t.is(made(), 3);
  end();
  for (const over of running) over();
  await waiting;
  t.deepEqual(order, ['ends', 'runs']);
});
