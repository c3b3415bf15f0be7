import test from 'ava';
import type { DebianRelease } from '../../lab-file/lab.ts';
import type { Rights } from '../lab/support/aedes.ts';
import { verifyExternal } from '../lab/support/external.ts';
import { FILTER_RIGHTS, findsTheHole } from './support/filter-rights.ts';
import { openRabbitMq } from './support/rabbitmq.ts';

const RIGHTS: Rights = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};
const TEST_MS = 540_000;
const FILTERS_MS = 900_000;
const VERIFY_MS = 200_000;

const SOFTWARE: Readonly<Record<DebianRelease, string>> = { 12: 'rabbitmq 3.10', 13: 'rabbitmq 4.0' };

for (const debian of [12, 13] as const) {
  test.serial(`fails no check of RabbitMQ in Debian ${debian}`, async (t) => {
    t.timeout(TEST_MS);
    await using broker = await openRabbitMq(RIGHTS, debian);
    const options = { boundMs: VERIFY_MS, software: SOFTWARE[debian] };
    const verified = await verifyExternal(RIGHTS, broker.port, [], options);
    t.log(verified.counts, verified.deviations.join('\n'));
    t.deepEqual(verified.findings, {});
    t.is(verified.code, 0);
    const v5 = verified.checks.filter(({ id, verdict }) => /\bv5\b/.test(id) && verdict !== 'skipped').length;
    t.true(debian === 12 ? v5 === 0 : v5 > 60, `${v5} checks over MQTT 5`);
  });
}

test.serial('fails no right on filters of RabbitMQ, and finds one that is too wide', async (t) => {
  t.timeout(FILTERS_MS);
  await using broker = await openRabbitMq(FILTER_RIGHTS, 13);
  await findsTheHole(t, broker, SOFTWARE[13]);
});
