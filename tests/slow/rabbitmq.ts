import test from 'ava';
import type { DebianRelease } from '../../lab-file/lab.ts';
import type { Rights } from '../lab/support/aedes.ts';
import { verifyExternal } from '../lab/support/external.ts';
import { type Known, surprises } from '../lab/support/known.ts';
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

const BOTH: readonly Known[] = [
  // answers a PUBLISH of QoS 2 over 3.1.1 with PUBACK, not with PUBREC [MQTT-4.3.3-2]
  [/^qos\.matrix\.p2s[012]\.v311$/, 'always'],
  [/^session\.(offline|publisher-resend)\.q2\.v311$/, 'always'],
  [/^session\.publisher-resend\.pubrel\.v311$/, 'always'],
  // CONNACK without Session Present for a session that has no subscriptions [MQTT-3.2.2-2]; 5: [MQTT-3.2.2-3]
  [/^session\.publisher-resend\.q1\./, 'always'],
  // each connection counts packet ids from 1 again, so a resent message has its id only by chance [MQTT-4.4.0-1]
  [/^session\.resend\.publish-q1\./, 'sometimes'],
];

/** How each version breaks the standard. Every other check passes, is skipped, or is the known coupling of publishing and last wills. */
const KNOWN: Readonly<Record<DebianRelease, readonly Known[]>> = {
  // RabbitMQ 3.10, without MQTT 5
  12: [
    ...BOTH,
    // disconnects a silent client after up to two periods of 1.5 K, depending on its last packet [MQTT-3.1.2-24]
    [/^keepalive\.expiry\.25s\.v311$/, 'always'],
    [/^keepalive\.(expiry|receive-only)\.5s\.v311$/, 'sometimes'],
    [/^will\.silent\.(publisher|subscriber)\.status\.this-machine$/, 'sometimes'],
    // sends no last will when the broker itself closes the connection, after an error or a takeover [MQTT-3.1.2-8]
    [
      /^will\.(protocol-error|second-connect|takeover-clean|takeover-persistent)\.(publisher|subscriber)\.status\.v311$/,
      'always',
    ],
  ],
  // RabbitMQ 4.0; over MQTT 5 it announces a Maximum QoS of 1
  13: [
    ...BOTH,
    // disconnects a silent client after 2.25 K [MQTT-3.1.2-24]; 5: [MQTT-3.1.2-22]
    [/^keepalive\.expiry\.25s\.(v311|v5)$/, 'always'],
    // sends a last will although its owner reconnected before the broker had queued it [MQTT-3.1.3-9]
    [/^will\.delay-reconnect\.(publisher|subscriber)\.status\.v5$/, 'sometimes'],
  ],
};

for (const debian of [12, 13] as const) {
  test.serial(`finds only real faults of RabbitMQ in Debian ${debian}`, async (t) => {
    t.timeout(TEST_MS);
    await using broker = await openRabbitMq(RIGHTS, debian);
    const verified = await verifyExternal(RIGHTS, broker.port, [], VERIFY_MS);
    t.log(verified.counts, verified.output);
    const tried = verified.checks.filter(({ verdict }) => verdict !== 'skipped').map(({ id }) => id);
    const found = Object.keys(verified.findings);
    t.deepEqual(surprises(found, tried, KNOWN[debian]), { unexpected: [], missing: [] });
    const deviations = verified.checks.filter(({ verdict }) => verdict === 'deviation').map(({ id }) => id);
    // RabbitMQ publishes a last will by its owner's write permission, as Mosquitto does
    t.deepEqual(
      deviations.filter(
        (id) => !/^acl\.(publish|retain-set|retain-clear)\.status\.alice\.|^acl\.will\.test\.sam\./.test(id),
      ),
      [],
    );
    const v5 = verified.checks.filter(({ id, verdict }) => /\bv5\b/.test(id) && verdict !== 'skipped').length;
    t.true(debian === 12 ? v5 === 0 : v5 > 60, `${v5} checks over MQTT 5`);
  });
}
