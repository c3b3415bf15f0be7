import test from 'ava';
import { groupKiller } from '../../../../provisioning/hosts/group-killer.ts';

test('signals the groups of one turn by one command, and later ones by another', async (t) => {
  const sent: [readonly number[], string][] = [];
  const kill = groupKiller(async (groups, signal) => {
    sent.push([[...groups], signal]);
  });
  await Promise.all([kill(1, 'TERM'), kill(2, 'KILL'), kill(3, 'TERM')]);
  await kill(4, 'TERM');
  t.deepEqual(sent, [
    [[1, 3], 'TERM'],
    [[2], 'KILL'],
    [[4], 'TERM'],
  ]);
});

test('a failed command fails for each of its groups, and not for later ones', async (t) => {
  let isBroken = true;
  const kill = groupKiller(async () => {
    if (isBroken) throw new Error('the connection ended');
  });
  const [one, other] = await Promise.allSettled([kill(1, 'TERM'), kill(2, 'TERM')]);
  t.deepEqual([one.status, other.status], ['rejected', 'rejected']);
  isBroken = false;
  await t.notThrowsAsync(kill(3, 'TERM'));
});
