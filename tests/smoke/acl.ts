import type { PublishOutcome, Session } from '../../probes/session.ts';
import type { Lab, Topic, User } from '../../provisioning/lab-file/lab.ts';
import { may, writes } from '../../provisioning/lab-file/may.ts';
import { observerOf, publisherOf } from './support/cast.ts';
import { type Check, type Finding, notApplicable, word } from './support/check.ts';
import type { Plan } from './support/declare.ts';
import { evidence, ownPackets } from './support/evidence.ts';
import { atMost } from './support/limit.ts';
import { isMessage } from './support/matching.ts';
import { nonce, type World } from './support/world.ts';

const BOUND_MS = 20_000;
/** Each takes three connections; a small broker or a low ulimit must not be the finding. */
const turns = atMost(8);

export const acl: Plan = (world) =>
  world.lab.topics.flatMap((topic) =>
    world.lab.users.flatMap((user) => [publishing(world, topic, user), subscribing(world, topic, user)]),
  );

function publishing(world: World, topic: Topic, user: User): Check {
  const { lab } = world;
  const isAllowed = may(lab, user.name, 'publish', topic.name);
  const named = {
    id: `acl.publish.${word(topic.name)}.${word(user.name)}`,
    claim: `${user.name} ${isAllowed ? 'may' : 'may not'} publish to ${topic.name}`,
  } as const;
  if (!isAllowed && writes(lab, user.name, topic.name)) {
    return notApplicable(named, `the last will on ${topic.name} gives ${user.name} the write permission`);
  }
  const cast = castOf(lab, topic);
  if (cast.kind === 'unobservable') return byReasonCode(world, topic, user, named, isAllowed, cast.why);
  return onStage(world, topic, user, named, isAllowed, cast, async ({ seeing, sending, acting }) => {
    const payload = Buffer.from(`publish ${nonce()}`);
    const last = Buffer.from(`sentinel ${nonce()}`);
    // acknowledged or closed (MQTT-3.3.5-2): either way the broker has dealt with it before the sentinel comes
    const answer = await acting.publish(topic.name, payload, { qos: 1 });
    await sending.publish(topic.name, last, { qos: 1 });
    await seeing.packet(isMessage(last), `sentinel on ${topic.name}`);
    return { delivered: seeing.packets.some(isMessage(payload)), answer, acted: [payload], seen: [payload, last] };
  });
}

function subscribing(world: World, topic: Topic, user: User): Check {
  const { lab } = world;
  const isAllowed = may(lab, user.name, 'subscribe', topic.name);
  const named = {
    id: `acl.subscribe.${word(topic.name)}.${word(user.name)}`,
    claim: `${user.name} ${isAllowed ? 'may' : 'may not'} subscribe to ${topic.name}`,
  } as const;
  const cast = castOf(lab, topic);
  if (cast.kind === 'unobservable') return notApplicable(named, `unobservable: ${cast.why}`);
  return onStage(world, topic, user, named, isAllowed, cast, async ({ seeing, sending, acting }) => {
    const payload = Buffer.from(`subscribe ${nonce()}`);
    const code = await acting.subscribe(topic.name, 1);
    await sending.publish(topic.name, payload, { qos: 1 });
    await seeing.packet(isMessage(payload), `message on ${topic.name}`);
    await acting.barrier();
    const delivered = acting.packets.some(isMessage(payload));
    return { delivered, answer: { suback: code }, acted: [payload], seen: [payload] };
  });
}

type Cast =
  | { readonly kind: 'cast'; readonly observer: User; readonly publisher: User }
  | { readonly kind: 'unobservable'; readonly why: string };

function castOf(lab: Lab, { name: topic }: Topic): Cast {
  const observer = observerOf(lab, topic);
  const publisher = publisherOf(lab, topic);
  if (observer === undefined) return { kind: 'unobservable', why: `nobody may subscribe to ${topic}` };
  if (publisher === undefined) return { kind: 'unobservable', why: `nobody may publish to ${topic}` };
  return { kind: 'cast', observer, publisher };
}

type Named = Pick<Check, 'id' | 'claim'>;
/** Who sees what passes on the topic, who may publish to it, and whose right is in question. */
type Stage = { readonly seeing: Session; readonly sending: Session; readonly acting: Session };
type Effect = {
  readonly delivered: boolean;
  /** What the broker said; evidence only. */
  readonly answer: object;
  /** Payloads that belong to the check, at the one who acts and at the observer. */
  readonly acted: readonly Buffer[];
  readonly seen: readonly Buffer[];
};

function onStage(
  world: World,
  topic: Topic,
  user: User,
  named: Named,
  isAllowed: boolean,
  { observer, publisher }: Extract<Cast, { kind: 'cast' }>,
  act: (stage: Stage) => Promise<Effect>,
): Check {
  return {
    ...named,
    expected: { delivered: isAllowed },
    boundMs: BOUND_MS,
    turns,
    async run() {
      const logins = [world.login(observer), world.login(publisher), world.login(user)] as const;
      const [seeing, sending, acting] = await Promise.all(logins);
      await seeing.subscribe(topic.name, 1);
      const { delivered, answer, acted, seen } = await act({ seeing, sending, acting });
      return judge(isAllowed, delivered, answer, [
        ...evidence(user.name, ownPackets(acting.packets, acted)),
        ...evidence(observer.name, ownPackets(seeing.packets, seen)),
      ]);
    },
  };
}

/** Where no effect can be seen, MQTT 5's PUBACK tells: Mosquitto denies with 0x87 what its ACL does not grant. */
function byReasonCode(
  world: World,
  { name: topic }: Topic,
  user: User,
  named: Named,
  isAllowed: boolean,
  why: string,
): Check {
  return {
    ...named,
    claim: `${named.claim}, by MQTT 5's reason code (${why}, so the effect is unobservable)`,
    expected: { denied: !isAllowed },
    boundMs: BOUND_MS,
    turns,
    async run() {
      const acting = await world.login(user, { version: 5 });
      const payload = Buffer.from(`publish ${nonce()}`);
      const outcome = await acting.publish(topic, payload, { qos: 1 });
      return {
        ...judgeReasonCode(isAllowed, outcome),
        evidence: evidence(user.name, ownPackets(acting.packets, [payload])),
      };
    },
  };
}

/** By effect alone; what the broker answered goes with it as evidence. */
function judge(isAllowed: boolean, delivered: boolean, answer: object, packets: readonly object[]): Finding {
  const observed = { delivered, answer };
  if (delivered === isAllowed) return { verdict: 'pass', observed, evidence: packets };
  const reason = delivered ? 'the message was delivered' : 'the message was not delivered';
  return { verdict: 'fail', observed, reason, evidence: packets };
}

/** Not authorised, MQTT 5 table 3-4. */
const DENIED = 0x87;

/** Judges the outcome of a QoS 1 publication over MQTT 5; other codes than 0x87, such as 0x10 (no matching subscribers), are acceptance below 0x80. */
export function judgeReasonCode(isAllowed: boolean, outcome: PublishOutcome): Finding {
  const observed = outcome;
  if (outcome.kind !== 'acknowledged') return { verdict: 'fail', observed, reason: 'no PUBACK came' };
  const { code } = outcome;
  const shown = `0x${code.toString(16).padStart(2, '0')}`;
  if (isAllowed) {
    return code < 0x80 ? { verdict: 'pass', observed } : { verdict: 'fail', observed, reason: `PUBACK ${shown}` };
  }
  if (code === DENIED) return { verdict: 'pass', observed };
  return { verdict: 'fail', observed, reason: `PUBACK ${shown}, not 0x87 (not authorised)` };
}
