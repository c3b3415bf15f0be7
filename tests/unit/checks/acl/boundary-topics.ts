import test from 'ava';
import { boundaryTopics, MOST_BOUNDARIES } from '../../../../checks/acl/boundary-topics.ts';
import { labOf } from '../../_lab.ts';

const USERS = 'name: edges\nusers: { ann: { password: a }, bea: { password: b }, eve: { password: e } }\n';
const edges = (topics: string) => boundaryTopics(labOf(`${USERS}topics: { ${topics} }`), 'lab');

/** [topics of lab.yaml; what must be tried] */
const TRIED: readonly (readonly [string, readonly string[]])[] = [
  [
    '"home/+/state": { publish: [ann] }',
    [
      'home/mqtt-lab/state/',
      'home/mqtt-lab/state/mqtt-lab',
      'home/mqtt-lab',
      'home-mqtt-lab/mqtt-lab/state',
      'home/mqtt-lab/state-mqtt-lab',
      'HOME/mqtt-lab/state',
    ],
  ],
  ['"home/#": { subscribe: [ann] }', ['home', 'home/mqtt-lab/mqtt-lab', 'home-mqtt-lab/mqtt-lab']],
  ['"#": { subscribe: [ann] }', ['$mqtt-lab']],
  ['"devices/%u/#": { publish: [all] }', ['devices/bea/mqtt-lab', 'devices/ann', 'devices/eve/mqtt-lab']],
  ['"devices/%u/x": { publish: [ann] }', ['devices/bea/x', 'devices/eve/x']],
  ['"a/+/c": { publish: [ann] }, "a/b/#": { subscribe: [bea] }', ['a/b/c']],
  ['"a/+": { publish: [ann] }, "+/b": { deny: [ann] }', ['a/b']],
];

for (const [topics, wanted] of TRIED) {
  test(`tries the edges of ${topics}`, (t) => {
    const found = edges(topics);
    for (const topic of wanted) t.true(found.includes(topic), `${topic} is not in ${found.join(', ')}`);
    t.is(new Set(found).size, found.length);
  });
}

test('plain names have none, and a rule below $SYS has none', (t) => {
  t.deepEqual(edges('status: { publish: [ann] }, "$SYS/#": { subscribe: [ann] }'), []);
});

test('on an external broker, each has a level of the lab', (t) => {
  const lab = labOf(`${USERS}topics: { "home/+/state": { publish: [ann] }, "a/b/#": { subscribe: [bea] } }`);
  t.true(boundaryTopics(lab, 'external').every((topic) => topic.includes('mqtt-lab')));
});

test('a large lab has no more than the most', (t) => {
  const filters = Array.from({ length: 60 }, (_, index) => `"room${index}/+/state": { publish: [ann] }`);
  t.is(edges(filters.join(', ')).length, MOST_BOUNDARIES);
});
