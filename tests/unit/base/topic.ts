import test from 'ava';
import { covers, filterMistake, overlap, topicMistake, withoutShare } from '../../../base/topic.ts';

/** [filter; topic; whether they match], with the standard's examples (4.7.1.2, 4.7.1.3, 4.7.2). */
const MATCHES: readonly (readonly [string, string, boolean])[] = [
  ['status', 'status', true],
  ['status', 'Status', false],
  ['status', 'status/', false],
  ['#', 'status', true],
  ['#', '$SYS/broker', false],
  ['$SYS/#', '$SYS/broker', true],
  ['+/broker', '$SYS/broker', false],
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/tennis/player1/#', 'sport/tennis', false],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['$share/group/sport/+', 'sport/tennis', true],
  ['$share/group/#', 'status', true],
  ['$share/group/#', '$SYS/broker', false],
];

for (const [filter, topic, wanted] of MATCHES) {
  test(`finds that ${filter} ${wanted ? 'covers' : 'does not cover'} ${topic}`, (t) =>
    t.is(covers(filter, topic), wanted));
}

/** [a filter; another; whether the first covers all topics of the second; whether a topic exists that both cover] */
const FILTERS: readonly (readonly [string, string, boolean, boolean])[] = [
  ['a', 'a', true, true],
  ['a/#', 'a/#', true, true],
  ['a/#', 'a/+', true, true],
  ['a/+', 'a/#', false, true],
  ['a/+', 'a/+/b', false, false],
  ['a/#', 'a', true, true],
  ['a', 'a/#', false, true],
  ['a/#', '+', false, true],
  ['+/b', 'a/+', false, true],
  ['+/b', 'a/c', false, false],
  ['a/b/#', 'a', false, false],
  ['#', '+/+', true, true],
  ['+', '#', false, true],
  ['#', '$SYS/#', false, false],
  ['+/a', '$SYS/a', false, false],
  ['$SYS/#', '$SYS/+', true, true],
];

for (const [one, other, isWider, isOverlapping] of FILTERS) {
  test(`compares the filters ${one} and ${other}`, (t) => {
    t.is(covers(one, other), isWider);
    t.is(overlap(one, other), isOverlapping);
    t.is(overlap(other, one), isOverlapping);
  });
}

test('reads the filter of a shared subscription', (t) => {
  t.is(withoutShare('$share/group/a/#'), 'a/#');
  t.is(withoutShare('a/#'), 'a/#');
});

for (const topic of ['status', '/', 'a//b', 'sensors/küche']) {
  test(`accepts ${topic} as topic and filter`, (t) => {
    t.is(topicMistake(topic), undefined);
    t.is(filterMistake(topic), undefined);
  });
}

for (const topic of ['a/#', 'a+', '#', '', 'a\0', 'x'.repeat(65_536)]) {
  test(`refuses the topic ${JSON.stringify(topic.slice(0, 10))}`, (t) => t.truthy(topicMistake(topic)));
}

for (const filter of ['#', '+', '+/a/#', 'a/+/b', '$share/g/#']) {
  test(`accepts the filter ${filter}`, (t) => t.is(filterMistake(filter), undefined));
}

for (const filter of ['a#', 'a/#/b', '#/', 'a+', '+a/b', '', 'a\0', '##']) {
  test(`refuses the filter ${JSON.stringify(filter)}`, (t) => t.truthy(filterMistake(filter)));
}
