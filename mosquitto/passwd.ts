import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { User } from '../lab-file/lab.ts';

/** 2.0.11 and 2.0.21 refuse longer salts; the iterations are those of the broker's newest version. */
const SALT_BYTES = 12;
const ITERATIONS = 1000;
const HASH_BYTES = 64;

/**
 * /etc/mosquitto/lab.passwd: `user:$7$ITERATIONS$SALT$HASH`, PBKDF2-HMAC-SHA512 (mosquitto_passwd(1)). An entry that already
 * matches its user's password stays, so that a second run changes nothing although a new entry gets a fresh salt.
 */
export function renderPasswd(users: readonly User[], current: string): string {
  const entries = new Map(
    current.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
  const lines = users.flatMap(({ name, password }) => {
    if (password === undefined) return [];
    const entry = entries.get(name);
    const matches = entry !== undefined && matchesPassword(entry, password.reveal());
    return `${name}:${matches ? entry : passwdEntry(password.reveal())}\n`;
  });
  return lines.join('');
}

/** Hides salt and hash of an entry, and all of any other line: it may be a forgotten password. */
export function maskPasswd(line: string): string {
  return /^[^:$]*:/.test(line) ? line.replace(/:.*/s, ':(hidden)') : line.replace(/.+/s, '(hidden)');
}

/** A new entry for a password, without the user name. */
export function passwdEntry(password: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  const hash = derive(password, salt, ITERATIONS);
  return `$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Whether an entry, by this tool or mosquitto_passwd, is for the password. */
export function matchesPassword(entry: string, password: string): boolean {
  const match = /^\$7\$([1-9]\d{0,6})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)$/.exec(entry);
  const [, iterations, salt, hash] = match ?? [];
  if (iterations === undefined || salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, 'base64');
  const derived = derive(password, Buffer.from(salt, 'base64'), Number(iterations));
  return wanted.length === derived.length && timingSafeEqual(wanted, derived);
}

function derive(password: string, salt: Buffer, iterations: number): Buffer {
  return pbkdf2Sync(password, salt, iterations, HASH_BYTES, 'sha512');
}
