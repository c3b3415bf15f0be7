import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage, LabError, lastLines } from '../../base/errors.ts';
import { runProgram } from './program.ts';
import { keyType, type PublicKey, publicKeys, revokedKeys } from './public-key.ts';
import type { Destination } from './ssh-config.ts';

export type Known = { readonly keys: readonly PublicKey[]; readonly revoked: readonly PublicKey[] };

/**
 * The keys of a host in the known_hosts files, and the files that have one. ssh-keygen reads them, since it understands
 * hashed names and patterns. Throws a LabError with exit code 2 for a file that can't be read: it may hold another key.
 */
export async function knownKeys(
  name: string,
  destination: Destination,
): Promise<Known & { readonly files: readonly string[] }> {
  const { knownAs, userKnownHosts, globalKnownHosts } = destination;
  const files = [...userKnownHosts, ...globalKnownHosts].filter((file) => existsSync(file));
  const texts = await Promise.all(files.map((file) => linesAbout(name, knownAs, file)));
  const text = texts.join('\n');
  const withKey = files.filter((_, index) => publicKeys(texts[index] ?? '').length > 0);
  return { keys: publicKeys(text), revoked: revokedKeys(text), files: withKey };
}

async function linesAbout(name: string, host: string, file: string): Promise<string> {
  const step = 'look up the host key';
  const found = await runProgram('ssh-keygen', ['-F', host, '-f', file]);
  if (found === undefined) {
    const advice = 'apt-get install openssh-client, or pin the host with `hostKey` in the lab file';
    throw new LabError({ subject: name, step, happened: 'ssh-keygen is not installed', advice }, 'could-not-run');
  }
  // 1: the file does not have the host
  if (found.code > 1) {
    const happened = lastLines(found.stderr) || `ssh-keygen gave exit code ${found.code}`;
    throw new LabError({ subject: name, step, happened, advice: `check that you may read ${file}` }, 'could-not-run');
  }
  return found.stdout;
}

/** Saves a host's key in the user's first known_hosts file as ssh does, and gives that file. Throws a LabError with exit code 2 where it can't. */
export async function saveKey(name: string, destination: Destination, key: Buffer): Promise<string> {
  const [file] = destination.userKnownHosts;
  const step = `save the host key of ${destination.knownAs}`;
  if (file === undefined) {
    const happened = 'ssh is configured without a known_hosts file (UserKnownHostsFile)';
    throw new LabError({ subject: name, step, happened, advice: 'set `hostKey` in the lab file' }, 'could-not-run');
  }
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await using handle = await open(file, 'a+', 0o600);
    const { size } = await handle.stat();
    const { buffer: last } = size > 0 ? await handle.read(Buffer.alloc(1), 0, 1, size - 1) : { buffer: '\n' };
    const line = `${destination.hashKnownHosts ? hashed(destination.knownAs) : destination.knownAs} ${keyLine(key)}\n`;
    // in one write, since other programs may add to the file as well
    await handle.appendFile(last.toString() === '\n' ? line : `\n${line}`);
    return file;
  } catch (error) {
    const happened = errorMessage(error);
    const advice = 'check that you may write to the file, or set `hostKey` in the lab file';
    throw new LabError({ subject: name, step, happened, advice }, 'could-not-run', { cause: error });
  }
}

function keyLine(key: Buffer): string {
  return `${keyType(key)} ${key.toString('base64')}`;
}

/** A host name as sshd(8) hashes it (SSH_KNOWN_HOSTS FILE FORMAT): the file does not show which hosts it knows. */
export function hashed(host: string, salt: Buffer = randomBytes(20)): string {
  const hash = createHmac('sha1', salt).update(host).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}
