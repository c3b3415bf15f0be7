import test from 'ava';
import { openAedes, type Rights, type Style } from '../lab/support/aedes.ts';
import { findsNoFalseAlarm, RETURNING, VERIFY_MS } from '../lab/support/aedes-findings.ts';
import { verifyExternal } from '../lab/support/external.ts';

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

test('fails no check of a 3.1.1 broker that acknowledges and then drops what it denies', async (t) => {
  await findsNoFalseAlarm(t, 'filters');
});

const FILTERS: Rights = {
  users: Object.fromEntries(['hall', 'dashboard', 'admin'].map((name) => [name, { password: name }])),
  topics: {
    'home/+/temperature': { publish: ['hall'], subscribe: ['dashboard'] },
    'home/#': { subscribe: ['admin'] },
    'devices/%u/#': { publish: ['all'], subscribe: ['all'] },
    'clients/%c/state': { publish: ['all'], subscribe: ['all'] },
    'home/secret/temperature': { deny: ['dashboard'] },
  },
};

for (const style of ['refuses', 'filters'] satisfies Style[]) {
  test.serial(`fails no right on filters where aedes ${style}`, async (t) => {
    await using broker = await openAedes(FILTERS, style);
    const options = { boundMs: VERIFY_MS, software: 'aedes 1.2' };
    const verified = await verifyExternal(FILTERS, broker.port, ['--quick', '--only', 'acl', '--exhaustive'], options);
    t.log(verified.counts);
    const findings = Object.entries(verified.findings).filter(([id]) => !RETURNING.test(id));
    t.deepEqual(findings, []);
    t.true((verified.counts.pass ?? 0) > 100);
  });
}
