import test from 'ava';
import { anyWillRoles, clientText, willRolesFor } from '../../../../checks/fixtures/will-roles.ts';
import { withoutCut } from '../../../../checks/will/on-pi.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const lab = labOf(`${TWO_USERS}pis: { emulated: { host: container }, real: { host: 'ssh://pi@198.51.100.7' } }\n`);

/** [Pi; verdict where its network cannot be cut] */
const rows: readonly (readonly [pi: string, verdict: 'fail' | 'skipped'])[] = [
  ['emulated', 'fail'],
  ['real', 'skipped'],
];

for (const [pi, verdict] of rows) {
  test(`no way to cut the network of the ${pi} Pi: ${verdict}`, (t) => {
    t.deepEqual(withoutCut(lab, pi, 'no nft'), { verdict, observed: null, reason: 'no nft' });
  });
}

/** [who may publish; who may subscribe; whose last will; the publisher's claim; whether somebody plays the subscriber] */
const cases: readonly (readonly [
  publish: string,
  subscribe: string,
  will: string,
  actor: RegExp,
  isPlayed: boolean,
])[] = [
  ['sam', 'alice', 'sam, alice', /^a publisher on a$/, true],
  ['sam', 'alice', 'sam', /^a publisher on a$/, false],
  ['sam', 'alice', 'alice', /^a client with a last will on a, which may not publish there,$/, true],
];

for (const [publish, subscribe, will, actor, isPlayed] of cases) {
  test(`last wills of ${will}: who is called a publisher, and who plays the subscriber`, (t) => {
    const topics = `topics: { a: { publish: [${publish}], subscribe: [${subscribe}], lastWill: [${will}] } }`;
    const left = labOf(`${TWO_USERS}${topics}\n`);
    const [topic] = left.topics;
    if (topic === undefined) return t.fail('no topic');
    t.regex(clientText(left, topic, 'publisher'), actor);
    t.is(willRolesFor(left, topic, 'subscriber').kind, isPlayed ? 'found' : 'none');
    t.truthy(anyWillRoles(left));
  });
}
