import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import ssh2, { type ConnectConfig } from 'ssh2';
import { LabError } from '../errors.ts';

const USUAL_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** What ssh2 logs in with: the key file that the lab file names, or the agent and the first readable key of ~/.ssh. */
export async function loginKeys(
  hostName: string,
  identity: string | undefined,
): Promise<Pick<ConnectConfig, 'privateKey' | 'agent'>> {
  if (identity !== undefined) {
    const key = await usableKey(identity);
    if (key.text !== undefined) return { privateKey: key.text };
    throw new LabError(
      { subject: hostName, step: `read the key ${identity}`, happened: key.why, advice: key.advice },
      2,
    );
  }
  const agent = process.env.SSH_AUTH_SOCK;
  for (const name of USUAL_FILES) {
    const key = await usableKey(path.join(homedir(), '.ssh', name));
    if (key.text !== undefined) return { privateKey: key.text, ...(agent === undefined ? {} : { agent }) };
  }
  if (agent !== undefined) return { agent };
  const advice =
    'make a key with ssh-keygen and add it to the host, start ssh-agent, or name one with `identity` in the lab file';
  throw new LabError(
    { subject: hostName, step: 'log in', happened: 'no agent and no usable key in ~/.ssh', advice },
    2,
  );
}

type Key = { text: string } | { text?: undefined; why: string; advice: string };

async function usableKey(file: string): Promise<Key> {
  try {
    const text = await readFile(file, 'utf8');
    const parsed = ssh2.utils.parseKey(text);
    if (!(parsed instanceof Error)) return { text };
    const advice = 'load a key with a passphrase into ssh-agent and leave `identity` out';
    return { why: parsed.message, advice };
  } catch (error) {
    return {
      why: error instanceof Error ? error.message : String(error),
      advice: 'see that the file is there and yours',
    };
  }
}
