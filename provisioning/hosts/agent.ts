import ssh2, { type IdentityCallback, type OpenSSHAgent, type ParsedKey } from 'ssh2';

/** An agent that offers some of its keys in a given order. A class, since ssh2 accepts no other agent. */
class ChosenKeys extends ssh2.OpenSSHAgent {
  readonly #keys: readonly ParsedKey[];

  constructor(socket: string, keys: readonly ParsedKey[]) {
    super(socket);
    this.#keys = keys;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(undefined, [...this.#keys]);
  }
}

export function chooseKeys(socket: string, keys: readonly ParsedKey[]): OpenSSHAgent {
  return new ChosenKeys(socket, keys);
}

/** The keys that an agent holds; rejects where it does not answer. */
export async function agentKeys(socket: string): Promise<ParsedKey[]> {
  return await new Promise((resolve, reject) => {
    new ssh2.OpenSSHAgent(socket).getIdentities((error, keys) => {
      if (error) reject(error);
      else resolve((keys ?? []).flatMap(usable));
    });
  });
}

type Held = ParsedKey | Buffer | string | { readonly pubKey: Held };

function usable(key: Held): ParsedKey[] {
  if (typeof key === 'object' && 'pubKey' in key) return usable(key.pubKey);
  const parsed = typeof key === 'string' || Buffer.isBuffer(key) ? ssh2.utils.parseKey(key) : key;
  return parsed instanceof Error ? [] : [parsed].flat();
}
