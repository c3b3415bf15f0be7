import type { AgentAuthMethod, PublicKeyAuthMethod } from 'ssh2';
import { ignoreFailure, LabError } from '../../base/errors.ts';
import { agentKeys, chooseKeys } from './agent.ts';
import { recall } from './answers.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import type { Destination } from './ssh-config.ts';

export type LoginKeys = {
  /** In the order in which the login tries them: the agent first, as in ssh. */
  readonly methods: readonly (AgentAuthMethod | PublicKeyAuthMethod)[];
  /** Key files that need a passphrase. */
  readonly locked: readonly string[];
  /** Other unusable keys, for the error. */
  readonly troubles: readonly string[];
};

/** Key under which a passphrase is remembered. */
export function passphraseOf(file: string): string {
  return `passphrase of ${file}`;
}

/**
 * The keys to log in with: the agent's, those that a key file names first, then the key files that the agent does not hold.
 * @param required the key file that the lab file names
 * @throws LabError with exit code 2 where neither that file nor the agent has its key
 */
export async function loginKeys(
  hostName: string,
  { user, agent, identityFiles, identitiesOnly }: Destination,
  required: string | undefined,
): Promise<LoginKeys> {
  const files = await Promise.all(identityFiles.map((file) => readKeyFile(file, recall(passphraseOf(file)))));
  const troubles: string[] = [];
  const held = agent === undefined ? undefined : await ignoreFailure(agentKeys(agent));
  if (agent !== undefined && held === undefined) troubles.push(`no agent answers at ${agent}`);
  const blobs = files.flatMap((file) => ('public' in file && file.public !== undefined ? [file.public] : []));
  const isNamed = (blob: Buffer) => blobs.some((named) => named.equals(blob));
  const inAgent = held ?? [];
  const named = inAgent.filter((key) => isNamed(key.getPublicSSH()));
  const chosen = identitiesOnly ? named : [...named, ...inAgent.filter((key) => !named.includes(key))];
  const isHeld = (blob: Buffer | undefined) =>
    blob !== undefined && chosen.some((key) => key.getPublicSSH().equals(blob));

  const own = files.filter((file) => !('public' in file && isHeld(file.public)));
  for (const file of own) {
    if (file.kind === 'unusable') troubles.push(`${file.file}: ${file.why}`);
    if (file.file === required) requireUsable(hostName, file);
  }
  return {
    methods: [
      ...(agent === undefined || chosen.length === 0
        ? []
        : [{ type: 'agent' as const, username: user, agent: chooseKeys(agent, chosen) }]),
      ...own.flatMap((file) =>
        file.kind === 'private' ? [{ type: 'publickey' as const, username: user, key: file.key }] : [],
      ),
    ],
    locked: own.flatMap(({ kind, file }) => (kind === 'locked' ? [file] : [])),
    troubles,
  };
}

function requireUsable(subject: string, file: KeyFile): void {
  const fail = (happened: string, advice: string) => {
    throw new LabError({ subject, step: `read the key ${file.file}`, happened, advice }, 'could-not-run');
  };
  if (file.kind === 'missing') fail(file.why, 'check the path, and that you may read the file');
  if (file.kind === 'unusable') fail(file.why, 'set `identity` to a private key, as ssh-keygen makes it');
  if (file.kind === 'public')
    fail('it is a public key, and no agent has its private half', 'set `identity` to the private key');
}
