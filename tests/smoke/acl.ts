import type { Topic, User } from '../../provisioning/lab-file/lab.ts';
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

function publishing(world: World, { name: topic }: Topic, user: User): Check {
  const { lab } = world;
  const isAllowed = may(lab, user.name, 'publish', topic);
  const named = {
    id: `acl.publish.${word(topic)}.${word(user.name)}`,
    claim: `${user.name} ${isAllowed ? 'may' : 'may not'} publish to ${topic}`,
  } as const;
  const observer = observerOf(lab, topic);
  const publisher = publisherOf(lab, topic);
  if (observer === undefined) return notApplicable(named, `nobody may subscribe to ${topic}, so nobody would see it`);
  if (!isAllowed && writes(lab, user.name, topic)) {
    return notApplicable(named, `the last will on ${topic} gives ${user.name} the write permission`);
  }
  if (publisher === undefined)
    return notApplicable(named, `nobody may publish to ${topic}, so no sentinel could show it`);
  return {
    ...named,
    expected: { delivered: isAllowed },
    boundMs: BOUND_MS,
    turns,
    async run() {
      const payload = Buffer.from(`publish ${nonce()}`);
      const last = Buffer.from(`sentinel ${nonce()}`);
      const [seeing, sentinel, acting] = await Promise.all([
        world.login(observer),
        world.login(publisher),
        world.login(user),
      ]);
      await seeing.subscribe(topic, 1);
      // acknowledged or closed (MQTT-3.3.5-2): either way the broker has dealt with it before the sentinel comes
      const answer = await acting.publish(topic, payload, { qos: 1 });
      await sentinel.publish(topic, last, { qos: 1 });
      await seeing.packet(isMessage(last), `sentinel on ${topic}`);
      const delivered = seeing.packets.some(isMessage(payload));
      return judge(isAllowed, delivered, answer, [
        ...evidence(user.name, ownPackets(acting.packets, [payload])),
        ...evidence(observer.name, ownPackets(seeing.packets, [payload, last])),
      ]);
    },
  };
}

function subscribing(world: World, { name: topic }: Topic, user: User): Check {
  const { lab } = world;
  const isAllowed = may(lab, user.name, 'subscribe', topic);
  const named = {
    id: `acl.subscribe.${word(topic)}.${word(user.name)}`,
    claim: `${user.name} ${isAllowed ? 'may' : 'may not'} subscribe to ${topic}`,
  } as const;
  const observer = observerOf(lab, topic);
  const publisher = publisherOf(lab, topic);
  if (publisher === undefined) return notApplicable(named, `nobody may publish to ${topic}, so nothing would arrive`);
  if (observer === undefined)
    return notApplicable(named, `nobody may subscribe to ${topic}, so nobody could show that a message passed`);
  return {
    ...named,
    expected: { delivered: isAllowed },
    boundMs: BOUND_MS,
    turns,
    async run() {
      const payload = Buffer.from(`subscribe ${nonce()}`);
      const [seeing, sending, acting] = await Promise.all([
        world.login(observer),
        world.login(publisher),
        world.login(user),
      ]);
      await seeing.subscribe(topic, 1);
      const code = await acting.subscribe(topic, 1);
      await sending.publish(topic, payload, { qos: 1 });
      await seeing.packet(isMessage(payload), `message on ${topic}`);
      await acting.barrier();
      const delivered = acting.packets.some(isMessage(payload));
      return judge(isAllowed, delivered, { suback: code }, [
        ...evidence(user.name, ownPackets(acting.packets, [payload])),
        ...evidence(observer.name, ownPackets(seeing.packets, [payload])),
      ]);
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
