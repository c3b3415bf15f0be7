import type { ExecutionContext } from 'ava';
import type { Rights } from '../../lab/support/aedes.ts';
import { verifyExternal } from '../../lab/support/external.ts';

/**
 * Rights on filters as RabbitMQ and ejabberd can give them. Both decide about a subscription by its filter, and then deliver all
 * that it covers, so neither can deny a part of it: there is no `deny`, and no filter ends in `+`.
 */
export const FILTER_RIGHTS: Rights = {
  users: Object.fromEntries(['hall', 'dashboard', 'admin'].map((name) => [name, { password: name }])),
  topics: {
    'home/+/temperature': { publish: ['hall'], subscribe: ['dashboard'] },
    'home/#': { subscribe: ['admin'] },
    'devices/%u/#': { publish: ['all'], subscribe: ['all'] },
    'clients/%c/state': { publish: ['all'], subscribe: ['all'] },
  },
};

/** The same with a hole: `dashboard` also reads below the names of other users. */
const WITH_HOLE: Rights = {
  ...FILTER_RIGHTS,
  topics: { ...FILTER_RIGHTS.topics, 'devices/#': { subscribe: ['dashboard'] } },
};
const FAILING = /^acl\.subscribe\.devices\/(hall|admin).*\.dashboard\./;
const VERIFY_MS = 400_000;

type Broker = { readonly port: number; follow(rights: Rights): Promise<void> };

/** A broker with `FILTER_RIGHTS` fails no check; with the hole it fails only checks of the user who has it. */
export async function findsTheHole(t: ExecutionContext, broker: Broker, software: string): Promise<void> {
  const options = { boundMs: VERIFY_MS, software };
  const sound = await verifyExternal(FILTER_RIGHTS, broker.port, ['--quick', '--only', 'acl', '--exhaustive'], options);
  t.log(sound.counts, sound.deviations.join('\n'));
  t.deepEqual(sound.findings, {});
  t.is(sound.code, 0);
  t.true((sound.counts.pass ?? 0) > 100);
  await broker.follow(WITH_HOLE);
  const open = await verifyExternal(FILTER_RIGHTS, broker.port, ['--quick', '--only', 'acl'], options);
  const failed = Object.keys(open.findings);
  t.log(`with the hole: ${failed.length} checks fail`);
  t.true(failed.length > 0);
  t.deepEqual(
    failed.filter((id) => !FAILING.test(id)),
    [],
    open.output,
  );
}
