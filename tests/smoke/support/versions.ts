import { connectRaw } from '../../../probes/raw-session.ts';
import type { Version } from '../../../probes/session.ts';
import type { LiveLab } from '../../../provisioning/live-lab.ts';

/** CONNACK "unacceptable protocol version" of 3.1.1 and "unsupported protocol version" of MQTT 5. */
const NOT_SPOKEN: readonly number[] = [0x01, 0x84];

/**
 * The protocol levels that the broker speaks. The lab's own speaks both; another one is asked with a CONNECT of MQTT 5. 3.1.1 is taken for
 * granted, so that a broker that does not speak it fails its checks.
 */
export async function versionsOf({ lab, broker }: LiveLab): Promise<readonly Version[]> {
  if (broker.host !== undefined) return [4, 5];
  const { address, port } = broker;
  const login = lab.users.map(({ name, password }) => ({ user: name, password: password.reveal() }))[0];
  const wish = { address, port, version: 5, keepAlive: 10, ...(login === undefined ? {} : { login }) } as const;
  const outcome = await connectRaw(wish).catch(() => undefined);
  if (outcome?.kind === 'accepted') await outcome.session.disconnect();
  const speaks = outcome?.kind === 'accepted' || (outcome?.kind === 'refused' && !NOT_SPOKEN.includes(outcome.code));
  return speaks ? [4, 5] : [4];
}
