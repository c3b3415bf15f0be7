import test from 'ava';
import { addManagedHosts } from '../../../deployment/address-book.ts';
import { wantedHosts } from '../../../deployment/wanted-hosts.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import { folderFor } from '../_sh.ts';
import { HALL, KITCHEN } from './_managed-hosts.ts';

const PIS = 'pis: { hall: { host: "ssh://pi@hall.local" }, cellar: { host: container } }';

/** [the lab file's broker; --only; name, place and purpose of each wanted host] */
type Row = readonly [broker: string, only: readonly string[] | undefined, hosts: readonly string[]];
const rows: readonly Row[] = [
  [
    '{ host: local }',
    undefined,
    ['broker local converge', 'hall ssh converge', 'cellar container converge', 'kitchen ssh restore'],
  ],
  [
    '{ host: external, address: there }',
    undefined,
    ['hall ssh converge', 'cellar container converge', 'kitchen ssh restore'],
  ],
  ['{ host: "ssh://me@hub.local" }', ['broker'], ['broker ssh converge']],
  ['{ host: local }', ['cellar', 'broker'], ['broker local converge', 'cellar container converge']],
];

for (const [broker, only, hosts] of rows) {
  test(`lists the hosts for broker ${broker}, only ${only?.join(' and ') ?? 'all'}`, async (t) => {
    const lab = { ...labOf(`${TWO_USERS}broker: ${broker}\n${PIS}`), directory: folderFor(t) };
    await addManagedHosts(lab, [HALL, KITCHEN]);
    const wanted = await wantedHosts(lab, { takeOver: false, only });
    t.deepEqual(
      wanted.map(({ name, place, purpose }) => `${name} ${place.kind} ${purpose}`),
      hosts,
    );
    t.true(wanted.every(({ resources }) => resources.length > 0));
  });
}

test('adds a resource for the take-over only where it is wanted', async (t) => {
  const lab = { ...labOf(TWO_USERS), directory: folderFor(t) };
  const ids = async (takeOver: boolean) => (await wantedHosts(lab, { takeOver }))[0]?.resources.map(({ id }) => id);
  t.deepEqual(
    (await ids(true))?.filter((id) => id !== 'take over'),
    await ids(false),
  );
  t.true((await ids(true))?.includes('take over'));
});
