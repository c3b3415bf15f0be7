import { endpointHere } from '../../deployment/endpoints.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { loginOf } from '../harness/test-lab.ts';

/** CONNACK codes: "unacceptable protocol version" of 3.1.1, "unsupported protocol version" of MQTT 5. */
const UNSUPPORTED_VERSION: readonly number[] = [0x01, 0x84];

/**
 * The protocol levels that the broker speaks; both in doubt. An external broker does not speak MQTT 5 when its CONNACK
 * says so, or when it closes such a connection twice and then accepts the user over 3.1.1.
 */
export async function versionsOf({ lab, broker }: LiveLab): Promise<readonly Version[]> {
  if (broker.host !== undefined) return [4, 5];
  const [user] = lab.users;
  const login = user && loginOf(user);
  const ask = (version: Version) =>
    answerTo({
      ...endpointHere({ lab, broker }, user),
      version,
      keepAlive: 10,
      ...(login === undefined ? {} : { login }),
    });
  const first = await ask(5);
  const answer = first === 'closed' && (await ask(5)) === 'closed' && (await ask(4)) === 'yes' ? 'no' : first;
  return answer === 'no' ? [4] : [4, 5];
}

async function answerTo(options: RawOptions): Promise<'yes' | 'no' | 'closed' | 'unclear'> {
  const outcome = await connectRaw(options).catch(() => undefined);
  if (outcome?.kind === 'accepted') await outcome.session[Symbol.asyncDispose]();
  if (outcome?.kind === 'refused') return UNSUPPORTED_VERSION.includes(outcome.code) ? 'no' : 'unclear';
  return outcome === undefined ? 'unclear' : outcome.kind === 'accepted' ? 'yes' : 'closed';
}
