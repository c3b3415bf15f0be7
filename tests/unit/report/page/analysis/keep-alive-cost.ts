import test from 'ava';
import type { Traffic } from '../../../../../records/measured/traffic.ts';
import {
  amountText,
  costConclusion,
  dailyOf,
  pingConclusion,
  stepsText,
} from '../../../../../report/page/analysis/keep-alive-cost.ts';

const PER_PING = { mqttBytes: 4, ipBytes: 160, segments: 3 };

function pingsEach(seconds: number, pings: number): number[] {
  return Array.from({ length: pings }, (_, index) => 1_000 * seconds * (index + 1) + 200);
}

function idle(keepAlive: number, pings: number, perPing: Traffic['perPing'] = PER_PING): Traffic {
  const samples = [{ atMs: 10, mqttBytes: 84 + 4 * pings, ipBytes: 600 + 160 * pings, segments: 9 + 3 * pings }];
  return {
    ...{ keepAlive, client: 'mosquitto_pub 2.0.11', activity: 'idle', durationMs: 75_500 },
    ...{ pings, pingsAtMs: pingsEach(keepAlive, pings), packets: 4 + 2 * pings, messages: 1 },
    ...{ samples, source: 'the kernel of pi' },
    ...(perPing === undefined ? {} : { perPing }),
  };
}

test('computes a day of pings', (t) => {
  t.deepEqual(dailyOf(idle(5, 15)), { pings: 17_280, mqttBytes: 69_120, ipBytes: 2_764_800 });
  t.deepEqual(dailyOf(idle(25, 3, { mqttBytes: 4 })), { pings: 3_456, mqttBytes: 13_824, ipBytes: undefined });
  t.is(dailyOf({ keepAlive: 5, pingsAtMs: [], durationMs: 75_500 }), undefined);
  t.is(dailyOf({ ...idle(5, 3), pingsAtMs: pingsEach(25, 3) })?.pings, 3_456);
  t.deepEqual([2_764_800, 552_960, 950].map(amountText), ['2.76 MB', '553 kB', '950 B']);
});

/** [case; records of the connections with 5 s and 25 s; facts in the text] */
const costs: readonly (readonly [string, Traffic, Traffic, 'confirmed' | 'contradicted' | 'inconclusive', RegExp])[] = [
  [
    'what was to be expected',
    idle(5, 15),
    idle(25, 3),
    'confirmed',
    /15 PINGREQ, one every 5\.00 s; in 75\.5 s the one with 25 s sent 3 PINGREQ, one every 25\.00 s: 5\.0 times as often, and the ratio of the keep alives is 5\. .* 2\.76 MB against 553 kB of IP: 5\.0 times as much\.$/,
  ],
  [
    'both ping each 25 s',
    { ...idle(5, 3), pingsAtMs: pingsEach(25, 3) },
    idle(25, 3),
    'contradicted',
    /3 PINGREQ, one every 25\.00 s; .*: 1\.0 times as often, although the ratio of the keep alives is 5\. .* 553 kB against 553 kB of IP: 1\.0 times as much\.$/,
  ],
  ['one falls silent', idle(5, 3), idle(25, 3), 'contradicted', /3 PINGREQ, one every 23\.43 s/],
  [
    '5.6 times',
    idle(5, 15),
    { ...idle(25, 3), pingsAtMs: pingsEach(28, 3) },
    'contradicted',
    /: 5\.6 times as often, although/,
  ],
  [
    '5.4 times',
    idle(5, 15),
    { ...idle(25, 3), pingsAtMs: pingsEach(27, 3) },
    'confirmed',
    /: 5\.4 times as often, and the ratio/,
  ],
  [
    'a single ping of one',
    { ...idle(5, 5), durationMs: 25_500 },
    idle(25, 1),
    'inconclusive',
    /sent 1 PINGREQ\. Too few pings .*1 ping with 25 s.* keep alive .* In an idle day/,
  ],
  [
    'a single ping of one, and the other too slow',
    { ...idle(5, 3), pingsAtMs: pingsEach(10, 3), durationMs: 31_000 },
    idle(25, 1),
    'contradicted',
    /Too few pings .* So it pinged 2\.5 times as often, although the ratio of the keep alives is 5\./,
  ],
  [
    'pings that cost five times as much',
    idle(5, 15),
    idle(25, 3, { ...PER_PING, ipBytes: 800 }),
    'contradicted',
    /1\.0 times as much, and not only because it pings more often: a ping took 160 and 800 bytes\.$/,
  ],
  [
    'an acknowledgement apart',
    idle(5, 15),
    idle(25, 3, { mqttBytes: 4, ipBytes: 194.67, segments: 3.67 }),
    'confirmed',
    /4\.1 times as much; a ping took 160 and 194\.7 bytes\.$/,
  ],
  [
    'MQTT alone',
    idle(5, 15, { mqttBytes: 4 }),
    idle(25, 3, { mqttBytes: 4 }),
    'confirmed',
    /69 kB against 14 kB of MQTT/,
  ],
  ['no ping', idle(5, 15), { ...idle(25, 0), perPing: undefined }, 'inconclusive', /0 pings with 25 s.*keep alive/],
];

for (const [what, fast, slow, outcome, text] of costs) {
  test(`compares 5 s with 25 s, ${what}: ${outcome}`, (t) => {
    const conclusion = costConclusion(fast, slow);
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}

test('gives the measured cost of a ping', (t) => {
  t.like(pingConclusion(idle(5, 15)), { outcome: 'confirmed' });
  t.regex(pingConclusion(idle(5, 15)).text, /160 bytes of IP in 3 segments.* 97\.5 % of it is headers/);
  t.like(pingConclusion(idle(5, 15, { ...PER_PING, segments: 4 })), { outcome: 'contradicted' });
  t.like(pingConclusion(idle(5, 15, { mqttBytes: 4 })), { outcome: 'inconclusive' });
  t.regex(pingConclusion(idle(5, 15, { ...PER_PING, mqttBytes: 6 })).text, /6 bytes of MQTT \(PINGREQ and PINGRESP\)/);
});

test('describes the steps in words', (t) => {
  t.is(
    stepsText([idle(5, 15), idle(25, 1)]),
    'Cumulative bytes over time: with a keep alive of 5 s 3,000 bytes after 75.5 s, in 15 steps, one per ping and with a keep alive of 25 s 760 bytes after 75.5 s, in 1 step, one per ping.',
  );
});
