/** The parts of a URL; ~/.ssh/config may have the missing ones. */
export type SshTarget = {
  readonly user: string | undefined;
  readonly address: string;
  readonly port: number | undefined;
};

/** The form of ssh://[user@]host[:port], for editors; `parseSshUrl` also checks the port's range. */
export const SSH_URL =
  /^ssh:\/\/([A-Za-z0-9_][A-Za-z0-9_.-]*@)?(\[[0-9A-Za-z:.%]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(:[0-9]{1,5})?$/;

/**
 * Parses ssh://[user@]host[:port]; an IPv6 address comes without its brackets.
 * @returns the target, or in `wrong` what is wrong, without any part of the text, which may carry a password
 */
export function parseSshUrl(text: string): SshTarget | { readonly wrong: string } {
  if (!text.startsWith('ssh://')) return { wrong: 'does not start with ssh://' };
  const rest = text.slice('ssh://'.length);
  const at = rest.lastIndexOf('@');
  if (at === 0) return { wrong: 'names no user before its @' };
  const user = at < 0 ? undefined : rest.slice(0, at);
  const place = rest.slice(at + 1);
  if (user?.includes(':')) return { wrong: 'carries a password (use the key "password" with a file or a variable)' };
  if (user !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(user))
    return { wrong: 'has a user name that no host accepts' };
  if (/[/?#]/.test(place)) return { wrong: 'has a path' };

  const parts = /^(?:\[([0-9A-Za-z:.%]+)\]|([A-Za-z0-9][A-Za-z0-9._-]*))(?::([0-9]+))?$/.exec(place);
  const address = parts?.[1] ?? parts?.[2];
  if (address === undefined) return { wrong: 'has no valid host (an IPv6 address goes in brackets) or port' };
  const port = parts?.[3] === undefined ? undefined : Number(parts[3]);
  if (port !== undefined && (port < 1 || port > 65535)) return { wrong: 'has a port outside 1 to 65535' };
  return { user, address, port };
}
