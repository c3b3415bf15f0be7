import { LabError } from '../../../provisioning/errors.ts';
import { allCleanedUp, withCleanUp } from '../support/clean-up.ts';
import { atMost, type Turns } from '../support/limit.ts';
import { PROCESS_MARK } from '../support/nonce.ts';
import type { World } from '../support/world.ts';
import { type Keeper, type Kept, type Note, openKeeper } from './keeper.ts';
import {
  isOurs,
  isSame,
  LONGEST_MS,
  lastOfUser,
  look,
  openPair,
  type Pair,
  putBack,
  type RetainedCast,
} from './look.ts';

export { newSubscription, propertiesOf, type RetainedCast, retainedOn } from './look.ts';
export { allCleanedUp as allRestored };

const ATTEMPTS = 2;

/** Of this process, since every family has a world of its own: a topic has one retained message only. */
const turnsOf = new Map<string, Turns>();
const checkTurnsOf = new Map<string, Turns>();
/** What of the user's was retained when the last work on the topic began, or ended. */
const known = new Map<string, Kept | undefined>();

/** For checks that keep what is retained on the topic: one begins, and its bound counts, when the one before is over. */
export function retainedTurns(world: World, topic: string): Turns {
  const place = placeOf(world, topic);
  const turns = checkTurnsOf.get(place) ?? atMost(1);
  checkTurnsOf.set(place, turns);
  return turns;
}

/**
 * Runs work that changes what is retained on the topic, alone, and then restores what was retained before: also when the work fails, its check
 * is out of time or the run is interrupted. Nothing is touched unless the reader was seen to receive what is published, since a reader who can't
 * would show a topic without a retained message. Until it is restored it is in a file as well, and work on the topic begins with restoring what a
 * run that was killed has left in that file. Throws a LabError that names the file when it can't be restored.
 */
export async function keepingRetained<T>(
  world: World,
  topic: string,
  cast: RetainedCast,
  work: () => Promise<T>,
): Promise<T> {
  const place = placeOf(world, topic);
  const turns = turnsOf.get(place) ?? atMost(1);
  turnsOf.set(place, turns);
  return await turns(async () => {
    world.stopped.throwIfAborted();
    const keeper = await openKeeper(world.lab, place, topic);
    let isOwed = keeper.left !== undefined;
    try {
      if (keeper.left !== undefined) {
        await using before = await openPair(world, cast);
        await restore({ world, topic, cast, pair: before, keeper }, keeper.left);
      }
      const pair = await openPair(world, cast);
      await using _pair = pair;
      const scene = { world, topic, cast, pair, keeper };
      const kept = await lookBefore(scene);
      isOwed = true;
      await keeper.keep(kept);
      return await withCleanUp(work, async () => {
        await restore(scene, { kept, mark: PROCESS_MARK });
        await keeper.drop();
      });
    } finally {
      if (!isOwed) await keeper.drop();
    }
  });
}

type Scene = {
  readonly world: World;
  readonly topic: string;
  readonly cast: RetainedCast;
  readonly pair: Pair;
  readonly keeper: Keeper;
};

/** The first time, and where something is known to be retained, with the longest bound: what is not seen here is lost. */
async function lookBefore({ world, topic, pair }: Scene): Promise<Kept | undefined> {
  const place = placeOf(world, topic);
  const isLong = !known.has(place) || known.get(place) !== undefined;
  const seen = await look(world, topic, pair, isLong ? LONGEST_MS : undefined);
  const kept = isOurs(seen?.payload, PROCESS_MARK) ? undefined : seen;
  known.set(place, kept);
  return kept;
}

/**
 * Publishes what was kept in place of what the checks have left there. A message that is neither theirs nor that one has come from elsewhere in
 * the meantime: it is newer, and stays.
 */
async function restore({ world, topic, cast, pair: first, keeper }: Scene, { kept: noted, mark }: Note): Promise<void> {
  let trouble: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      // not the first where the broker may be late, and answer its former subscription
      await using pair = attempt === 1 && world.isOurs && !first.isOver() ? first : await openPair(world, cast);
      const there = await look(world, topic, pair);
      // served late, where nothing seemed to be retained
      const kept = lastOfUser(first, mark) ?? noted;
      const isNewer = !isOurs(there?.payload, mark) && !isSame(there, kept);
      // an external broker's silence is no sign that nothing is there
      const isDone = isSame(there, kept) && (world.isOurs || there !== undefined);
      if (!isNewer && !isDone) await putBack(world, topic, pair, kept);
      known.set(placeOf(world, topic), isNewer ? there : kept);
      return;
    } catch (error) {
      trouble = error;
    }
  }
  throw notRestored(topic, keeper.file, trouble);
}

/** Without the message itself, which is the user's: errors go into records and reports. */
function notRestored(topic: string, file: string, trouble: unknown): LabError {
  const why = trouble instanceof Error ? trouble.message : String(trouble);
  const happened = `what was retained there before could not be restored: ${why}`;
  const advice = `./lab verify --only retained,acl.retain-set, which begins by restoring it; it is kept in ${file}`;
  return new LabError({ subject: 'broker', step: `restore the retained message on ${topic}`, happened, advice }, 1);
}

function placeOf({ broker: { address, port } }: World, topic: string): string {
  return `${address} ${port} ${topic}`;
}
