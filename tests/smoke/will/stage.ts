import { now, type Packet } from '../../../probes/packet.ts';
import type { Session, Version } from '../../../probes/session.ts';
import { evidence, ownPackets } from '../support/evidence.ts';
import { isMessage } from '../support/matching.ts';
import type { PassingOn } from '../support/passing-on.ts';
import { nonce, type World } from '../support/world.ts';
import type { WillCast } from './cast.ts';

/** An observer and a publisher of sentinels for the last wills on one topic; many checks share them. */
export type WillStage = {
  /** Waits for the first message that carries the text; undefined when it does not come in time. */
  first(text: string, boundMs: number): Promise<Packet | undefined>;
  /** Has a message come after everything before it, and gives what carries the text until then. */
  untilSentinel(text: string): Promise<Packet[]>;
  /** How long the broker took to pass messages on since a moment of `now()`, in milliseconds. */
  slowestSince(moment: number): number;
  evidence(text: string): object[];
};

/** As long as a broker on a busy machine may send nothing, in milliseconds. */
export const ANSWER_MS = 10_000;

/** Hands stages out and closes each when nobody is on it any more. */
export type Stages = <T>(cast: WillCast, version: Version, work: (stage: WillStage) => Promise<T>) => Promise<T>;

type Open = { readonly sessions: Promise<readonly [Session, Session]>; users: number };

export function openStages(world: World): Stages {
  const open = new Map<string, Open>();
  return async (cast, version, work) => {
    // so that it tells of the clients that are to be lost
    world.brokerLog();
    const key = JSON.stringify([cast.topic, cast.observer.name, cast.publisher.name, version]);
    const stage = open.get(key) ?? { sessions: logIn(world, cast, version), users: 0 };
    open.set(key, stage);
    stage.users += 1;
    try {
      const [observer, publisher] = await stage.sessions;
      return await work(stageOf(observer, publisher, cast.topic, world.passingOn));
    } finally {
      stage.users -= 1;
      if (stage.users === 0) {
        open.delete(key);
        // a login that failed has been told already; one that works is not waited for
        stage.sessions
          .then((sessions) => Promise.all(sessions.map((session) => session.close())))
          .catch(() => undefined);
      }
    }
  };
}

async function logIn(world: World, { topic, observer, publisher }: WillCast, version: Version) {
  const wish = { version, boundMs: ANSWER_MS };
  const sessions = await Promise.all([world.login(observer, wish), world.login(publisher, wish)]);
  const granted = await sessions[0].subscribe(topic, 1);
  if (granted >= 0x80) throw new Error(`${observer.name} may not subscribe to ${topic}: SUBACK code ${granted}`);
  return sessions;
}

function stageOf(observer: Session, publisher: Session, topic: string, { timed, slowestSince }: PassingOn): WillStage {
  const carries = (text: string) => (packet: Packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'received' && packet.payload?.includes(text) === true;
  return {
    async first(text, boundMs) {
      // the barrier tells an observer that has lost its own connection from a will that did not come
      return await observer.packet(carries(text), 'last will', boundMs).catch(async () => {
        await observer.barrier();
        return observer.packets.find(carries(text));
      });
    },
    async untilSentinel(text) {
      const last = Buffer.from(`sentinel ${nonce()}`);
      await timed(async () => {
        await publisher.publish(topic, last, { qos: 1 });
        await observer.packet(isMessage(last), 'sentinel');
      });
      return observer.packets.filter(carries(text));
    },
    slowestSince,
    evidence(text) {
      const own = observer.packets
        .filter(carries(text))
        .flatMap(({ payload }) => (payload === undefined ? [] : [payload]));
      return evidence('observer', ownPackets(observer.packets, own));
    },
  };
}

/** Milliseconds since a moment of `now()`. */
export function since(at: number, packet?: Packet): number {
  return Math.round((packet?.at ?? now()) - at);
}
