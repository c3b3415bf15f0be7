import type { Packet } from '../../../probes/packet.ts';
import type { RawSession } from '../../../probes/raw-session.ts';
import type { PublishOutcome, QoS, Session, Version } from '../../../probes/session.ts';
import type { User } from '../../../provisioning/lab-file/lab.ts';
import { observerOf, publisherOf } from '../support/cast.ts';
import { atMost } from '../support/limit.ts';
import { isMessage } from '../support/matching.ts';
import { nonce, type World } from '../support/world.ts';

/** Who sees what passes on a topic, and who may publish to it: one of each for all the checks of the topic. */
export type Stage = {
  readonly topic: string;
  readonly observer: User;
  readonly publisher: User;
  readonly seeing: Session;
  readonly sending: Session;
};

export type StageCast =
  | { readonly kind: 'cast'; readonly observer: User; readonly publisher: User }
  | { readonly kind: 'unobservable'; readonly why: string };

export const VERSIONS: readonly Version[] = [4, 5];
export const BOUND_MS = 30_000;
/** How long an effect may take that comes in no fixed order with other things. */
const ARRIVAL_MS = 5_000;

/** Each takes a connection or two; a small broker or a low ulimit must not be the finding. */
export const turns = atMost(8);

export const tag = (version: Version) => (version === 4 ? 'v311' : 'v5');
export const over = (version: Version) => (version === 4 ? 'over MQTT 3.1.1' : 'over MQTT 5');

export function castOf({ lab }: World, topic: string): StageCast {
  const observer = observerOf(lab, topic);
  const publisher = publisherOf(lab, topic);
  if (publisher === undefined) return { kind: 'unobservable', why: `nobody may publish to ${topic}` };
  if (observer === undefined) return { kind: 'unobservable', why: `nobody may subscribe to ${topic}` };
  return { kind: 'cast', observer, publisher };
}

const stages = new WeakMap<World, Map<string, Promise<Stage>>>();

export async function stageOf(world: World, topic: string): Promise<Stage> {
  const ofWorld = stages.get(world) ?? new Map<string, Promise<Stage>>();
  stages.set(world, ofWorld);
  const stage = ofWorld.get(topic) ?? openStage(world, topic);
  ofWorld.set(topic, stage);
  return await stage;
}

async function openStage(world: World, topic: string): Promise<Stage> {
  const cast = castOf(world, topic);
  if (cast.kind === 'unobservable') throw new Error(`unobservable: ${cast.why}`);
  const { observer, publisher } = cast;
  const [seeing, sending] = await Promise.all([world.login(observer), world.login(publisher)]);
  const code = await seeing.subscribe(topic, 1);
  if (code >= 0x80) throw new Error(`the broker refused ${observer.name}'s subscription to ${topic} with code ${code}`);
  return { topic, observer, publisher, seeing, sending };
}

type Sentinel = Pick<Stage, 'topic' | 'seeing'> & { readonly sending: Pick<Session, 'publish'> };

/** Publishes a message behind everything that the broker has dealt with, and waits until the observer has it. */
export async function sentinel({ topic, seeing, sending }: Sentinel): Promise<Buffer> {
  const last = Buffer.from(`sentinel ${nonce()}`);
  await sending.publish(topic, last, { qos: 1 });
  await seeing.packet(isMessage(last), `sentinel on ${topic}`, ARRIVAL_MS);
  return last;
}

/**
 * Whether the observer has the message by now; one that must come may take longer on a broker that promises no order between publishers, one that
 * must not has had its time when the sentinel came.
 */
export async function hasArrived({ seeing }: Stage, payload: Buffer, mustCome: boolean): Promise<boolean> {
  if (!mustCome) return seeing.packets.some(isMessage(payload));
  return await seeing.packet(isMessage(payload), 'message', ARRIVAL_MS).then(
    () => true,
    () => false,
  );
}

/** How the broker answered a publication, as evidence: 3.1.1 leaves it open (MQTT-3.3.5-2), and an external broker may say nothing. */
export type Answer = { readonly answer: PublishOutcome | 'nothing' };

export type Attempted = Answer & { readonly packets: readonly Packet[] };

/** Publishes as a user on a connection of its own; when it resolves, the broker has dealt with it. */
export async function publishAs(
  world: World,
  user: User,
  version: Version,
  topic: string,
  payload: Buffer,
  options: { readonly qos: QoS; readonly retain?: boolean },
): Promise<Attempted> {
  await using acting = await world.raw(user, { version });
  // a denied one may be left unanswered, or end the connection
  const answer = await acting.publish(topic, payload, options).catch(() => 'nothing' as const);
  await dealtWith(acting);
  return { answer, packets: acting.packets };
}

/** What the broker had for the client is here, or the connection is over. */
export async function dealtWith(session: RawSession): Promise<void> {
  await Promise.race([session.barrier().catch(() => undefined), session.ended]);
}
