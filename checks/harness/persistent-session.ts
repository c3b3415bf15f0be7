import type { User } from '../../lab-file/lab.ts';
import { freshClientId, type Version } from '../../probes/mqtt/session.ts';
import { ownConnection, withCleanUp } from './clean-up.ts';
import type { TestLab } from './test-lab.ts';

type Lasting = { readonly version: Version; readonly clientId: string };

/**
 * Runs work on a client id whose session outlives its connections, and removes that session whatever becomes of the work. The work has seen every
 * login of its own through when it ends: one that is under way would make the session anew.
 */
export async function withPersistentSession<T>(
  testLab: TestLab,
  owner: User,
  version: Version,
  work: (clientId: string) => Promise<T>,
): Promise<T> {
  const clientId = freshClientId();
  return await withCleanUp(
    () => work(clientId),
    () => removeSession(testLab, owner, { version, clientId }),
  );
}

/** A session that is asked for afresh, and ends with its connection, takes the kept one with it (MQTT-3.1.2-6; MQTT 5: MQTT-3.1.2-4). */
export async function removeSession(testLab: TestLab, owner: User, { version, clientId }: Lasting): Promise<void> {
  await using _session = await ownConnection(testLab, owner, { version, clientId, clean: true });
}
