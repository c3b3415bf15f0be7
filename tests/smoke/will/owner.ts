import type { RawSession, RawWish } from '../../../probes/raw-session.ts';
import type { Version } from '../../../probes/session.ts';
import { may } from '../../../provisioning/lab-file/may.ts';
import { nonce, type World } from '../support/world.ts';
import type { WillCast } from './cast.ts';
import type { WillWish } from './judge.ts';

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
    const granted = await client.subscribe(cast.topic, 1);
    if (granted >= 0x80) {
      client.destroy();
      throw new Error(`${cast.owner.name} may not subscribe to ${cast.topic}: SUBACK code ${granted}`);
    }
  } else if (may(world.lab, cast.owner.name, 'publish', cast.topic)) {
    await client.publish(cast.topic, Buffer.from(`alive ${nonce()}`), { qos: 1 });
  }
  return client;
}
