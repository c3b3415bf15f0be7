import ssh2 from 'ssh2';

export type KeyPair = { readonly public: string; readonly private: string };

/**
 * A new ed25519 key pair: `public` as in known_hosts, `private` in OpenSSH's form. ssh2 1.17 drops a leading zero byte of
 * the public key, so one pair in 256 is malformed and keeps sshd from starting; such a pair is thrown away.
 */
export function ed25519Pair(
  comment = '',
  generate = () => ssh2.utils.generateKeyPairSync('ed25519', { comment }),
): KeyPair {
  for (;;) {
    const pair = generate();
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
