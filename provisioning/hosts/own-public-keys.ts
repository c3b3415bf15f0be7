import { ignoreFailure } from '../../base/errors.ts';
import { agentKeys } from './agent.ts';
import { readKeyFile } from './key-file.ts';
import { keyType } from './public-key.ts';
import type { Destination } from './ssh-config.ts';

/** The public keys that a login to this host would offer, each once, as in authorized_keys. */
export async function ownPublicKeys({ agent, identityFiles, identitiesOnly }: Destination): Promise<readonly string[]> {
  const files = await Promise.all(identityFiles.map((file) => readKeyFile(file)));
  const blobs = files.flatMap((file) => ('public' in file && file.public !== undefined ? [file.public] : []));
  const held = agent === undefined || identitiesOnly ? [] : ((await ignoreFailure(agentKeys(agent))) ?? []);
  const all = [...blobs, ...held.map((key) => key.getPublicSSH())];
  return [...new Set(all.map((blob) => `${keyType(blob)} ${blob.toString('base64')}`))];
}
