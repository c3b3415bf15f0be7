import type { AgentAuthMethod, PublicKeyAuthMethod } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import { agentKeys, chooseKeys } from './agent.ts';
import { recall } from './answers.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import type { Destination } from './ssh-config.ts';

export type LoginKeys = {
  /** In the order to try them: the agent first, as ssh does. */
  readonly methods: readonly (AgentAuthMethod | PublicKeyAuthMethod)[];
  /** Key files that can't be tried without their passphrase. */
  readonly locked: readonly string[];
  /** What else could not be used, in words. */
  readonly troubles: readonly string[];
};

/** What a passphrase is remembered by. */
export function passphraseOf(file: string): string {
  return `passphrase of ${file}`;
}

/**
 * The keys to log in with: those of the agent, first the ones that a key file names, then the key files that the agent has not.
 * @param required the key file that the lab file names; where neither it nor the agent has that key, it throws a LabError with exit code 2
 */
export async function loginKeys(
  hostName: string,
  { user, agent, identityFiles, identitiesOnly }: Destination,
  required: string | undefined,
): Promise<LoginKeys> {
  const files = await Promise.all(identityFiles.map((file) => readKeyFile(file, recall(passphraseOf(file)))));
  const troubles: string[] = [];
  const held = agent === undefined ? undefined : await agentKeys(agent).catch(() => undefined);
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
  if (file.kind === 'missing') fail(file.why, 'see that the file is there and yours');
  if (file.kind === 'unusable') fail(file.why, 'name a private key as ssh-keygen makes it with `identity`');
  if (file.kind === 'public')
    fail('it is a public key, and no agent has its private half', 'name the private key with `identity`');
}
