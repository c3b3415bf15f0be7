import test from 'ava';
import type { Rights } from '../lab/support/aedes.ts';
import { verifyExternal } from '../lab/support/external.ts';
import { openRabbitMq } from './support/rabbitmq.ts';

const RIGHTS: Rights = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};
const TEST_MS = 540_000;
const VERIFY_MS = 200_000;

for (const debian of [12, 13] as const) {
  test(`RabbitMQ of Debian ${debian}`, async (t) => {
    t.timeout(TEST_MS);
    await using broker = await openRabbitMq(RIGHTS, debian);
    const verified = await verifyExternal(RIGHTS, broker.port, [], VERIFY_MS);
    t.log(verified.counts);
    t.deepEqual(verified.findings, {});
  });
}
