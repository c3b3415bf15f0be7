import { LabError } from '../provisioning/errors.ts';
import type { LiveLab } from './live-lab.ts';
import { type ConnectOutcome, connectSession } from './session.ts';

const READY_TIMEOUT_MS = 20_000;
const RETRY_MS = 100;

/**
 * Waits until the broker accepts an authenticated CONNECT of the lab's first user: "ready" is that, not an open port, which on a network
 * may be somebody else's. Throws a LabError with exit code 1 that tells the broker's last answer.
 */
export async function awaitReady({ lab, broker }: LiveLab, signal: AbortSignal): Promise<void> {
  const [user] = lab.users;
  const login = user === undefined ? {} : { login: { user: user.name, password: user.password.reveal() } };
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let last = 'no answer';
  while (Date.now() < deadline && !signal.aborted) {
    const outcome = await connectSession({
      address: broker.address,
      port: broker.port,
      boundMs: 2_000,
      ...login,
    }).catch((error: unknown): ConnectOutcome => ({ kind: 'closed', reason: String(error), packets: [] }));
    if (outcome.kind === 'accepted') return await outcome.session.close();
    last = outcome.kind === 'refused' ? `CONNACK with return code ${outcome.code}` : outcome.reason;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  const happened = signal.aborted ? 'interrupted' : `not ready after ${READY_TIMEOUT_MS / 1000} s: ${last}`;
  const advice = 'look at /var/log/mosquitto/mosquitto.log on the broker host';
  throw new LabError(
    {
      subject: 'broker',
      step: `connect as ${user?.name ?? 'anybody'} to ${broker.address} port ${broker.port}`,
      happened,
      advice,
    },
    1,
  );
}
