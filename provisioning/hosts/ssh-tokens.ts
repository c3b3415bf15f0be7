import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import process from 'node:process';

export type Tokens = {
  readonly user: string;
  readonly hostName: string;
  readonly port: number;
  /** The host as the lab file names it. */
  readonly name: string;
  readonly alias: string | undefined;
  readonly home: string;
};

/**
 * A value of ssh_config(5) with its TOKENS expanded, which `ssh -G` does not do; in a path also `~/` and `${NAME}`.
 * An unknown token stays as it is.
 */
export function expand(value: string, tokens: Tokens, kind: 'path' | 'command' = 'path'): string {
  const { user, hostName, port, name, alias, home } = tokens;
  const local = hostname();
  const values: Record<string, () => string> = {
    '%': () => '%',
    C: () => createHash('sha1').update(`${local}${hostName}${port}${user}`).digest('hex'),
    d: () => home,
    h: () => hostName,
    i: () => String(userInfo().uid),
    k: () => alias ?? name,
    L: () => local.replace(/\..*$/, ''),
    l: () => local,
    n: () => name,
    p: () => String(port),
    r: () => user,
    u: () => userInfo().username,
  };
  const filled = value.replaceAll(/%(.)/g, (token, letter: string) => values[letter]?.() ?? token);
  if (kind === 'command') return filled;
  const named = filled.replaceAll(/\$\{(\w+)\}/g, (reference, variable: string) => process.env[variable] ?? reference);
  return named.replace(/^~(?=\/)/, home);
}
