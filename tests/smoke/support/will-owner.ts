import { connectRaw, type RawSession, type RawWish } from '../../../probes/raw-session.ts';
import type { Version } from '../../../probes/session.ts';
import { may } from '../../../provisioning/lab-file/may.ts';
import type { WillCast } from './will-cast.ts';
import type { WillWish } from './will-judge.ts';
import { nonce, type World } from './world.ts';

/** A new last will on the topic; its text is nowhere else. */
export function newWill({ topic }: WillCast, retain = false): WillWish & { readonly text: string } {
  const text = nonce();
  return { topic, payload: Buffer.from(`will ${text}`), qos: 1, retain, text };
}

/** Logs the owner of a last will in from this machine and has it do what its role does: publish, where it may, or subscribe. */
export async function openOwner(
  world: World,
  cast: WillCast,
  version: Version,
  will: WillWish,
  wish: Partial<RawWish> = {},
): Promise<RawSession> {
  const { topic, payload, qos, retain } = will;
  const client = await world.raw(cast.owner, { version, ...wish, will: { topic, payload, qos, retain } });
  if (cast.role === 'subscriber') {
    // granted or not: it is a subscriber by what it asks for
    await client.subscribe(cast.topic, 1);
  } else if (may(world.lab, cast.owner.name, 'publish', cast.topic)) {
    await client.publish(cast.topic, Buffer.from(`alive ${nonce()}`), { qos: 1 });
  }
  return client;
}

/**
 * Removes the persistent session of a client id: a clean one takes its place and ends. By a connection that is none of the world's: those end when
 * the run is interrupted, and the session would stay.
 */
export async function forget(
  { broker }: World,
  { owner }: Pick<WillCast, 'owner'>,
  version: Version,
  clientId: string,
): Promise<void> {
  const login = { user: owner.name, password: owner.password.reveal() };
  const outcome = await connectRaw({ ...broker, login, version, clientId, clean: true });
  if (outcome.kind === 'accepted') return await outcome.session.disconnect();
  const answer = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
  throw new Error(`the persistent session ${clientId} of ${owner.name} could not be removed: ${answer}`);
}
