import test from 'ava';
import { boundaryTopics, MOST_EDGES } from '../../../../checks/acl/boundary-topics.ts';
import { labOf } from '../../_lab.ts';

const USERS = 'name: edges\nusers: { ann: { password: a }, bea: { password: b }, eve: { password: e } }\n';
const edges = (topics: string) => boundaryTopics(labOf(`${USERS}topics: { ${topics} }`), 'lab').topics;

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
      'home//state',
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

test('derives no topics from plain names or from rules below $SYS', (t) => {
  t.deepEqual(edges('status: { publish: [ann] }, "$SYS/#": { subscribe: [ann] }'), []);
});

test('on an external broker, each has a level of the lab', (t) => {
  const lab = labOf(`${USERS}topics: { "home/+/state": { publish: [ann] }, "a/b/#": { subscribe: [bea] } }`);
  t.true(boundaryTopics(lab, 'external').topics.every((topic) => topic.includes('mqtt-lab')));
});

test('a large lab tries edges of every filter, and says how many it leaves out', (t) => {
  const filters = Array.from({ length: 60 }, (_, index) => `"room${index}/+/state": { publish: [ann] }`);
  const { topics, leftOut } = boundaryTopics(labOf(`${USERS}topics: { ${filters.join(', ')} }`), 'lab');
  t.is(topics.length, MOST_EDGES);
  t.true(leftOut > 0);
  for (const room of ['room0/', 'room59/']) t.true(topics.some((topic) => topic.startsWith(room)));
});

test('a user without a right whose name would change the filter stands for no %u', (t) => {
  const lab = labOf(
    'name: odd\nusers: { sam: { password: s }, "x+y": { password: x } }\ntopics: { "devices/%u/#": { publish: [sam] } }',
  );
  const { topics } = boundaryTopics(lab, 'lab');
  t.true(topics.includes('devices/sam'));
  t.false(topics.some((topic) => topic.includes('+')));
});
