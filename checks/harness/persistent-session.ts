import type { User } from '../../lab-file/lab.ts';
import { freshClientId, type Version } from '../../probes/mqtt/session.ts';
import { connectForCleanUp, withCleanUp } from './clean-up.ts';
import type { TestLab } from './test-lab.ts';

/** In seconds: the broker removes a session after this time, where the clean-up fails. */
export const SESSION_EXPIRY_S = 120;

/** The user of the session, and its protocol level. */
type Owner = { readonly user: User; readonly version: Version };

/**
 * Runs work with a client id whose session outlives its connections, then removes the session. All logins of the work
 * must be finished when it ends: a late login would create the session again.
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

/** Connects with a clean session, which discards the previous one (MQTT-3.1.2-6; MQTT 5: MQTT-3.1.2-4). */
export async function removeSession(testLab: TestLab, { user, version }: Owner, clientId: string): Promise<void> {
  await using _session = await connectForCleanUp(testLab, user, { version, clientId, clean: true });
}
