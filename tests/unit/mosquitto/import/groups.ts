import test from 'ava';
import { parseAcl } from '../../../../mosquitto/import/acl.ts';
import { grouped } from '../../../../mosquitto/import/groups.ts';
import { rightsOf } from '../../../../mosquitto/import/rights.ts';

function read(text: string, users: readonly string[]) {
  const { groups, topics } = grouped(rightsOf(parseAcl({ path: '/acl', text }).rules, users).topics, users);
  return { groups: Object.fromEntries(groups), topics: Object.fromEntries(topics) };
}

test('groups users who share all their rights', (t) => {
  const both = 'topic read a\ntopic write b\n';
  t.deepEqual(read(`user sam\n${both}user bob\ntopic read a\nuser eve\n${both}`, ['sam', 'bob', 'eve']), {
    groups: { 'like-sam': ['sam', 'eve'] },
    topics: { a: { subscribe: ['like-sam', 'bob'] }, b: { publish: ['like-sam'] } },
  });
});

test('groups neither users without rights nor what all may do', (t) => {
  t.deepEqual(read('pattern read a\nuser sam\ntopic b', ['sam', 'bob', 'eve']), {
    groups: {},
    topics: { a: { subscribe: ['all'] }, b: { publish: ['sam'], subscribe: ['sam'] } },
  });
});

test('a group has no name of a user', (t) => {
  const users = ['sam', 'eve', 'like-sam'];
  const { groups } = read('user sam\ntopic a\nuser eve\ntopic a', users);
  t.deepEqual(groups, { 'like-sam-2': ['sam', 'eve'] });
});
