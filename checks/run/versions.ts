import type { LiveLab } from '../../deployment/live-lab.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw } from '../../probes/mqtt/raw-session.ts';
import type { Version } from '../../probes/mqtt/session.ts';

/** Codes of CONNACK: "unacceptable protocol version" of 3.1.1, "unsupported protocol version" of MQTT 5. */
const NOT_SPOKEN: readonly number[] = [0x01, 0x84];

/**
 * The protocol levels that the broker speaks. An external broker does not speak MQTT 5 when it says so, or when it closes that connection twice
 * and then accepts the same user over 3.1.1. Every other broker gets the checks of both versions, and they show what it does not speak.
 */
export async function versionsOf({ lab, broker }: LiveLab): Promise<readonly Version[]> {
  if (broker.host !== undefined) return [4, 5];
  const { address, port } = broker;
  const login = lab.users.map(({ name, password }) => ({ user: name, password: password.reveal() }))[0];
  const ask = (version: Version) =>
    answerTo({ address, port, version, keepAlive: 10, ...(login === undefined ? {} : { login }) });
  const first = await ask(5);
  const answer = first === 'closed' && (await ask(5)) === 'closed' && (await ask(4)) === 'yes' ? 'no' : first;
  return answer === 'no' ? [4] : [4, 5];
}

async function answerTo(options: RawOptions): Promise<'yes' | 'no' | 'closed' | 'unclear'> {
  const outcome = await connectRaw(options).catch(() => undefined);
  if (outcome?.kind === 'accepted') await outcome.session[Symbol.asyncDispose]();
  if (outcome?.kind === 'refused') return NOT_SPOKEN.includes(outcome.code) ? 'no' : 'unclear';
  return outcome === undefined ? 'unclear' : outcome.kind === 'accepted' ? 'yes' : 'closed';
}
