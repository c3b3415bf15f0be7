import type { Client } from 'ssh2';

/** A hop's connection, until it is left. */
export type Hop = { readonly client: Client; leave(): void };

type Shared = { readonly client: Promise<Client>; users: number };

const connections = new Map<string, Shared>();

/**
 * One connection to a hop for all that goes through it at a time: hosts are opened side by side, and many may lie behind one hop. The last to leave ends it.
 * @param what the same for the same way to the same hop
 */
export async function shareHop(what: string, connect: () => Promise<Client>): Promise<Hop> {
  const shared = connections.get(what) ?? { client: connect(), users: 0 };
  connections.set(what, shared);
  const forget = () => {
    if (connections.get(what) === shared) connections.delete(what);
  };
  shared.users += 1;
  try {
    const client = await shared.client;
    // the next one connects anew
    client.once('close', forget);
    let hasLeft = false;
    return {
      client,
      leave() {
        if (hasLeft) return;
        hasLeft = true;
        client.off('close', forget);
        shared.users -= 1;
        if (shared.users > 0) return;
        forget();
        client.end();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}
