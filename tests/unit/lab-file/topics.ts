import test from 'ava';
import { covers } from '../../../base/topic.ts';
import { insideFilter, OWN_LEVEL, topicAt } from '../../../lab-file/topics.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

/** [topics of a lab of sam and alice; the topics that stand for them] */
const rows: readonly (readonly [topics: string, names: readonly string[]])[] = [
  ['{}', []],
  ['{ b: {}, a: { publish: [sam] } }', ['b', 'a']],
  ['{ "a/+/b": {}, "a/#": {}, "#": {} }', [`a/${OWN_LEVEL}/b`, `a/${OWN_LEVEL}`, OWN_LEVEL]],
  ['{ "a/%u": { publish: [alice] }, "b/%u": { subscribe: [all] } }', ['a/alice', 'b/sam']],
  ['{ "a/%u": { publish: [sam] }, a/sam: { subscribe: [sam] } }', ['a/sam']],
  // topics that the broker alone or a client's id decides
  ['{ "$SYS/#": { subscribe: [sam] }, "a/%c": { publish: [all] } }', []],
];

for (const [topics, names] of rows) {
  test(`a topic of each rule: ${topics}`, (t) => {
    const lab = labOf(`${TWO_USERS}topics: ${topics}`);
    t.deepEqual(
      lab.topics.map(({ name }) => name),
      names,
    );
  });
}

test('the rights at a topic are those of all rules, with the users of its own rule first', (t) => {
  const lab = labOf(`${TWO_USERS}topics:
  "#": { subscribe: [sam], publish: [all] }
  "a/b": { subscribe: [alice], lastWill: [sam] }
  "a/+": { deny: [] }
  "+/c": { deny: [sam] }`);
  t.deepEqual(topicAt(lab, 'a/b'), {
    name: 'a/b',
    publish: ['sam', 'alice'],
    subscribe: ['alice', 'sam'],
    lastWill: ['sam'],
  });
  t.deepEqual(topicAt(lab, 'a/c'), { name: 'a/c', publish: ['alice'], subscribe: [], lastWill: [] });
});

for (const filter of ['a', '+', '#', 'a/#', '+/+/a/#', '/+', '/']) {
  test(`a topic inside ${filter}`, (t) => t.true(covers(filter, insideFilter(filter))));
}
