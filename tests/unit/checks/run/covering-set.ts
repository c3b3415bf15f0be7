import process from 'node:process';
import test from 'ava';
import { coveringSet } from '../../../../checks/run/covering-set.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Every user with every topic, action and version, but for what `isAllowed` gives. */
function denials(users: number, topics: number, isAllowed: (user: number, topic: number) => boolean = () => false) {
  const actions = ['publish 0', 'publish 1', 'publish 2', 'subscribe', 'retain', 'will'];
  return range(users).flatMap((user) =>
    range(topics).flatMap((topic) =>
      isAllowed(user, topic)
        ? []
        : actions.flatMap((action) => [4, 5].map((version) => ({ factors: [{ user, topic, action, version }] }))),
    ),
  );
}

/** Pairs of values, such as `topic 3, user 1`. */
function pairsOf(items: Iterable<{ readonly factors: readonly object[] }>): string[] {
  const pairs = new Set(
    [...items]
      .flatMap(({ factors }) => factors)
      .flatMap((group) => {
        const values = Object.entries(group).map(([name, value]) => `${name} ${value}`);
        return values.flatMap((one) => values.map((other) => `${one}, ${other}`));
      }),
  );
  return [...pairs].sort();
}

for (const seed of [0, 1, 4711, 999_999]) {
  test(`covers every pair that occurs, with few items: seed ${seed}`, (t) => {
    const items = denials(12, 10, (user, topic) => user === topic);
    const chosen = coveringSet(items, seed);
    t.deepEqual(pairsOf(chosen), pairsOf(items));
    // a user and a topic meet once at least: 12 × 10 less the 10 that are allowed
    t.true(chosen.size >= 110 && chosen.size <= 140, `${chosen.size}`);
  });
}

test('a seed decides the choice', (t) => {
  const items = denials(12, 10);
  const chosen = (seed: number) => [...coveringSet(items, seed)].map((item) => items.indexOf(item)).sort();
  t.deepEqual(chosen(1), chosen(1));
  t.notDeepEqual(chosen(1), chosen(2));
});

test('covers values of items with other factors, too', (t) => {
  const alone = { factors: [{ place: 'pi' }] };
  const items = [...denials(3, 3), ...range(3).map((user) => ({ factors: [{ user }] })), alone];
  const chosen = coveringSet(items, 1);
  t.true(chosen.has(alone));
  t.deepEqual(pairsOf(chosen), pairsOf(items));
});

test('chooses from 20,000 items in less than two seconds of CPU, and of none nothing', (t) => {
  const items = denials(41, 41);
  const begun = process.cpuUsage();
  t.true(coveringSet(items, 1).size < 2_000);
  t.true(process.cpuUsage(begun).user < 2_000_000);
  t.is(coveringSet([], 1).size, 0);
});

test('covers no pairs of values in two groups', (t) => {
  const items = range(20).flatMap((cause) => range(20).map((topic) => ({ factors: [{ cause }, { topic }] })));
  const { size } = coveringSet(items, 1);
  t.true(size >= 20 && size <= 40, `${size}`);
});
