import test from 'ava';
import { atMost } from '../../../../base/limit.ts';
import { Secret } from '../../../../base/secret.ts';
import { loginCases } from '../../../../checks/auth/login-cases.ts';
import { endedEarly, isWanted, notApplicable, perform, word } from '../../../../checks/harness/check.ts';
import { observerOf, publisherOf, topicRoles, willOwner } from '../../../../checks/harness/roles.ts';
import { openLedger } from '../../../../checks/run/ledger.ts';
import type { Lab } from '../../../../lab-file/lab.ts';

const WANTED: readonly [id: string, only: string | undefined, isWanted: boolean][] = [
  ['acl.publish.status.sam', undefined, true],
  ['acl.publish.status.sam', 'acl', true],
  ['acl.publish.status.sam', 'ac', false],
  ['acl.publish.status.sam', 'will, acl.publish', true],
  ['acl.publish.status.sam', '*.sam', true],
  ['acl.publish.status.sam', '*sub*', false],
  ['qos.1.a', 'qos.+.a', false],
  ['qos.1.a', 'qosx1', false],
];

for (const [id, only, expected] of WANTED) {
  test(`--only ${only ?? 'left out'} and ${id}`, (t) => {
    t.is(isWanted(id, only), expected);
  });
}

test('names give different words', (t) => {
  const names = ['a.b', 'a b', 'a/b', 'a%2Eb', 'a_b', 'ä'];
  t.is(new Set(names.map(word)).size, names.length);
  t.true(names.map(word).every((text) => /^[\w%/-]+$/.test(text)));
});

test('a check that throws, one that hangs and one that does not apply each give a record', async (t) => {
  const check = { id: 'acl.a', claim: 'a', expected: 1, boundMs: 20 } as const;
  const thrown = await perform({ ...check, run: () => Promise.reject(new Error('no sentinel')) });
  t.like(thrown, { verdict: 'fail', reason: 'no sentinel', expected: 1 });
  const hung = await perform({ ...check, run: () => new Promise(() => undefined) });
  t.like(hung, { verdict: 'fail', reason: 'no verdict within 0.02 s' });
  t.like(await perform(notApplicable(check, 'no Pi')), { verdict: 'skipped', reason: 'no Pi' });
});

test('what was planned and not recorded has failed, and so has a file that told nothing', (t) => {
  const ledger = openLedger();
  const planned = { claim: 'c', expected: 1 };
  ledger.take(
    {
      kind: 'plan',
      checks: [
        { id: 'acl.a', ...planned },
        { id: 'acl.b', ...planned },
      ],
    },
    'acl.ts',
  );
  const record = {
    id: 'acl.a',
    family: 'acl',
    ...planned,
    verdict: 'pass',
    observed: 1,
    startedAt: 0,
    durationMs: 1,
  } as const;
  ledger.take({ kind: 'record', record }, 'acl.ts');
  const missing = ledger.missing(['acl.ts', 'will.ts'], 'AVA ended with SIGKILL');
  t.deepEqual(
    missing.map(({ id, verdict }) => [id, verdict]),
    [
      ['install.smoke-tests.will.ts', 'fail'],
      ['acl.b', 'fail'],
    ],
  );
  t.true(missing.every(({ reason }) => reason === 'no record of it: AVA ended with SIGKILL'));
});

test('no more than so many at once, in order, and a failure frees its place', async (t) => {
  const limit = atMost(2);
  const begun: number[] = [];
  let active = 0;
  let most = 0;
  const work = (index: number) =>
    limit(async () => {
      begun.push(index);
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
      if (index === 0) throw new Error('first');
    });
  await Promise.allSettled([0, 1, 2, 3, 4].map(work));
  t.is(most, 2);
  t.deepEqual(begun, [0, 1, 2, 3, 4]);
});

const lab: Lab = {
  name: 'l',
  file: '/lab.yaml',
  directory: '/',
  broker: { host: { kind: 'local' }, address: undefined, port: 1883, maxKeepAlive: 60, options: [] },
  pis: [],
  users: ['eve', 'sam', 'alice'].map((name) => ({ name, password: new Secret(`${name}'s`) })),
  topics: [
    { name: 'log', publish: ['sam'], subscribe: [], lastWill: [] },
    { name: 'status', publish: ['sam'], subscribe: ['alice'], lastWill: ['eve', 'sam', 'alice'] },
    { name: 'wills', publish: [], subscribe: ['alice'], lastWill: ['eve'] },
  ],
  containers: { debian: 12, subnet: undefined },
};
const [log, status, wills] = lab.topics;

test('who plays which part comes from the lab', (t) => {
  t.is(topicRoles(lab)?.topic, 'status');
  t.is(observerOf(lab, 'log'), undefined);
  t.is(publisherOf(lab, 'wills')?.name, 'eve');
  t.is(status && willOwner(lab, status, 'publisher')?.name, 'sam');
  t.is(status && willOwner(lab, status, 'subscriber')?.name, 'alice');
  t.is(wills && willOwner(lab, wills, 'publisher')?.name, 'eve');
  t.is(log && willOwner(lab, log, 'publisher'), undefined);
});

test('every user is tried in each way over both versions, every stranger too, with ids of their own', (t) => {
  const all = loginCases(lab);
  t.is(new Set(all.map(({ kind, name }) => `${kind}.${name}`)).size, all.length);
  t.is(all.filter(({ isIn }) => isIn).length, 2 * lab.users.length);
  t.is(all.filter(({ isEverywhere }) => isEverywhere).length, 2 * (3 * lab.users.length + 2));
});

test('no way to be wrong is right', (t) => {
  // the user's name is the password, in the other case another user's, and two users share one
  const passwords = { eve: 'eve', sam: 'EVE', alice: 'é ', bob: 'é ' };
  const users = Object.entries(passwords).map(([name, text]) => ({ name, password: new Secret(text) }));
  const all = loginCases({ ...lab, users });
  const right = new Map(Object.entries(passwords));
  const isRight = ({ login }: (typeof all)[number]) =>
    login?.password !== undefined && right.get(login.user) === login.password;
  t.deepEqual(
    all.filter((attempt) => isRight(attempt) !== attempt.isIn).map(({ name }) => name),
    [],
  );
  t.is(new Set(all.map(({ kind, name }) => `${kind}.${name}`)).size, all.length);
});

test('a failure is no finding when the run was ended while the check was under way', (t) => {
  const failed = { verdict: 'fail', observed: { pings: 1 }, reason: 'one PINGREQ, not three' } as const;
  const passed = { verdict: 'pass', observed: { pings: 3 } } as const;
  t.is(endedEarly(failed, new AbortController().signal), failed);
  t.is(endedEarly(passed, AbortSignal.abort()), passed);
  t.deepEqual(endedEarly(failed, AbortSignal.abort()), {
    verdict: 'fail',
    observed: null,
    reason: 'the run was ended before this check was',
  });
});
