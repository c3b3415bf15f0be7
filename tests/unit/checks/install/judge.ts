import test from 'ava';
import { judgeClock, judgeSame, listeningPorts, rulesOf } from '../../../../checks/install/judge.ts';

test('names what is missing and what is too much', (t) => {
  t.is(judgeSame(['alice', 'sam'], ['sam', 'alice']).verdict, 'pass');
  t.is(judgeSame(['sam', 'mallory'], ['sam', 'alice']).reason, 'missing: alice; not of the lab file: mallory');
});

test('reads ports from /proc/net/tcp and tcp6, each once', (t) => {
  t.deepEqual(listeningPorts('00000000:075B\n00000000000000000000000000000000:075B\n0100007F:22B8\n'), [
    '1883',
    '8888',
  ]);
  t.deepEqual(listeningPorts(''), []);
});

test("reads rules with their users, and those that are nobody's", (t) => {
  t.deepEqual(rulesOf('# a lab\n\ntopic read all\nuser sam\ntopic write status\n\nuser alice\ntopic read #\n'), [
    'without a name: topic read all',
    'sam: topic write status',
    'alice: topic read #',
  ]);
});

/** [asked at; told; answered at; verdict] */
const clocks: readonly (readonly [from: number, told: number, to: number, verdict: 'pass' | 'fail'])[] = [
  [1_000_000, 1_000_020, 1_000_040, 'pass'],
  [1_000_000, 1_002_000, 1_000_040, 'pass'],
  [1_000_000, 1_002_100, 1_000_040, 'fail'],
  [1_000_000, 997_900, 1_000_040, 'fail'],
  // a slow answer tells less
  [1_000_000, 1_003_500, 1_004_000, 'pass'],
  [1_000_000, Number.NaN, 1_000_040, 'fail'],
];

for (const [from, told, to, verdict] of clocks) {
  test(`a clock that tells ${told} between ${from} and ${to}`, (t) => {
    t.is(judgeClock({ from, told, to }).verdict, verdict);
  });
}
