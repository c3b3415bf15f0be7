import type { User } from '../../lab-file/lab.ts';
import { freshClientId, type Version } from '../../probes/mqtt/session.ts';
import { connectForCleanUp, withCleanUp } from './clean-up.ts';
import type { TestLab } from './test-lab.ts';

/** Whose session it is, and over which protocol level. */
type Owner = { readonly user: User; readonly version: Version };

/**
 * Runs work on a client id whose session outlives its connections, and then removes that session. The work must have
 * finished all its own logins when it ends, or a late one would create the session again.
 */
export async function withPersistentSession<T>(
  testLab: TestLab,
  owner: Owner,
  work: (clientId: string) => Promise<T>,
): Promise<T> {
  const clientId = freshClientId();
  return await withCleanUp(
    testLab,
    () => work(clientId),
    () => removeSession(testLab, owner, clientId),
  );
}

/** Connects with a clean session, which discards the former one (MQTT-3.1.2-6; MQTT 5: MQTT-3.1.2-4). */
export async function removeSession(testLab: TestLab, { user, version }: Owner, clientId: string): Promise<void> {
  await using _session = await connectForCleanUp(testLab, user, { version, clientId, clean: true });
}
