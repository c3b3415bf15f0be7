import test from 'ava';
import { openChannel } from './channel.ts';
import { type Check, isWanted, perform } from './check.ts';
import { openWorld, type World } from './world.ts';

/** Declares a file's checks as AVA tests. Each check gives one record, also when it fails, is skipped or runs out of time. */
export async function declareChecks(file: string, plan: (world: World) => readonly Check[]): Promise<void> {
  const channel = await openChannel(file);
  const world = openWorld(channel.live, channel.stopped);
  const checks = plan(world).filter(({ id }) => isWanted(id, channel.only));
  channel.tell({ kind: 'plan', checks: checks.map(({ id, claim, expected }) => ({ id, claim, expected })) });
  test.after.always('leave nothing open', async () => {
    await world[Symbol.asyncDispose]();
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
