import test from 'ava';
import { openChannel } from './channel.ts';
import { type Check, isWanted, perform } from './check.ts';
import { openWorld, type World } from './world.ts';

/** The checks of a family, enumerated from the lab. */
export type Plan = (world: World) => readonly Check[];

/**
 * Declares every family's checks as AVA tests. Each check gives one record, also when it fails, is skipped or runs out of time. A family has
 * connections of its own, since one SSH connection takes ten commands at a time.
 */
export async function declareChecks(file: string, families: Readonly<Record<string, Plan>>): Promise<void> {
  const channel = await openChannel(file);
  const worlds: World[] = [];
  const checks = Object.values(families).flatMap((plan) => {
    const world = openWorld(channel.live, channel.stopped);
    worlds.push(world);
    return plan(world).filter(({ id }) => isWanted(id, channel.only));
  });
  channel.tell({ kind: 'plan', checks: checks.map(({ id, claim, expected }) => ({ id, claim, expected })) });
  test.after.always('leave nothing open', async () => {
    await Promise.all(worlds.map((world) => world[Symbol.asyncDispose]()));
    await channel.close();
  });
  // AVA fails a file without tests
  if (checks.length === 0) test(`${file}: no check is wanted`, (t) => t.pass());
  for (const check of checks) {
    test(check.id, async (t) => {
      const record = await perform(check);
      channel.tell({ kind: 'record', record });
      if (record.verdict === 'fail') t.fail(record.reason ?? check.claim);
      else t.pass();
    });
  }
}
