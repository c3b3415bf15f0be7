import test from 'ava';
import { findImpostor } from '../../../../checks/tls/identity.ts';
import { labOf } from '../../_lab.ts';

const USERS = 'sam: { password: sam, certificate: true }, alice: { password: alice }';

/** [what the lab file says of topics; topic, right, and whether it is the certificate's user who has it] */
const CASES: readonly (readonly [topics: string, found: readonly [string, string, boolean] | undefined])[] = [
  ['a: { publish: [sam], subscribe: [alice] }', ['a', 'subscribe', false]],
  ['a: { publish: [alice], subscribe: [sam, alice] }', ['a', 'publish', false]],
  ['a: { publish: [sam], subscribe: [sam, alice] }', ['a', 'publish', true]],
  ['a: { publish: [sam, alice], subscribe: [sam, alice] }', undefined],
  ['a: { publish: [sam] }', undefined],
  ['', undefined],
];

for (const [topics, expected] of CASES) {
  test(`a right that only one of two users has, with ${topics || 'no topic'}`, (t) => {
    const lab = labOf(
      `name: l\nbroker:\n  listeners: [{ port: 1883 }, { port: 8884, tls: { clients: required, identity: common-name } }]\nusers: { ${USERS} }\ntopics: { ${topics} }\n`,
    );
    const [, listener] = lab.broker.listeners;
    if (listener === undefined) return t.fail();
    const found = findImpostor(lab, listener);
    t.deepEqual(found && [found.topic, found.right, found.isDue], expected);
    if (found !== undefined) t.deepEqual([found.owner.name, found.named.name], ['sam', 'alice']);
  });
}
