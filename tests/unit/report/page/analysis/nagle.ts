import test from 'ava';
import type { Latency } from '../../../../../records/measured/latency.ts';
import type { Conclusion } from '../../../../../report/page/analysis/conclusion.ts';
import { heldBack, nagleConclusion } from '../../../../../report/page/analysis/nagle.ts';
import { type Level, latencyOf } from '../_results.ts';

const MESSAGES = 1_000;

/** A series around `p50Us`, in which the messages of these numbers took 40 ms more. */
function series(noDelay: boolean, held: readonly number[], p50Us = 300, qos: Level = 0): Latency {
  const latenciesUs = Array.from({ length: MESSAGES }, (_, index) =>
    held.includes(index) ? p50Us + 40_000 : p50Us + (index % 7) - 3,
  );
  return { ...latencyOf(qos, noDelay, p50Us), messages: MESSAGES, latenciesUs, p50Us };
}

/** `times` numbers, one in each hundred. */
const each = (times: number, first = 2) => Array.from({ length: times }, (_, index) => index * 100 + first);
const pair = (without: readonly number[], withNagle: readonly number[], p50Us = 300) => [
  series(true, without, p50Us),
  series(false, withNagle, p50Us),
];
const pinging = (all: readonly Latency[]) => all.map((one) => ({ ...one, messagesAPing: 100 }));
const busy = (all: readonly Latency[]) => all.map((one) => ({ ...one, eventLoopP99Us: 12_000 }));

/** [what was measured; the conclusion; its outcome; facts in the text] */
const CASES: readonly (readonly [string, Conclusion, Conclusion['outcome'], RegExp])[] = [
  [
    'a tail with Nagle alone',
    nagleConclusion(pair([], each(10))),
    'confirmed',
    /^With Nagle’s algorithm messages took 30 ms more than the median of their own series \(1\.0 % at QoS 0\), with TCP_NODELAY none did: .* by 40 ms\.$/,
  ],
  [
    'a tail with Nagle alone, after pings',
    nagleConclusion(pinging(pair([], [...each(9), 850]))),
    'confirmed',
    / 9 of these 10 were sent within 40 ms after a ping of their publisher\.$/,
  ],
  [
    'a tail with Nagle alone, all after pings',
    nagleConclusion(pinging(pair([], each(10)))),
    'confirmed',
    / All 10 were sent within/,
  ],
  [
    'a tail with Nagle alone, where unknown messages were lost',
    nagleConclusion(pinging(pair([], each(10))).map((one) => ({ ...one, lost: 1 }))),
    'confirmed',
    /by 40 ms\.$/,
  ],
  [
    'many more with Nagle',
    nagleConclusion(pair([501, 502], each(10))),
    'confirmed',
    /\(1\.0 % at QoS 0\), with TCP_NODELAY fewer \(0\.2 % at QoS 0\) did/,
  ],
  [
    'as many with both',
    nagleConclusion(pair(each(8), each(10))),
    'inconclusive',
    /^With Nagle’s algorithm 1\.0 % at QoS 0 took .*, with TCP_NODELAY 0\.8 % at QoS 0: chance can make such a difference too/,
  ],
  ['one more by chance', nagleConclusion(pair([], [500])), 'inconclusive', /with TCP_NODELAY none: chance/],
  [
    'twenty that waited for one thing',
    nagleConclusion(
      pair(
        [],
        Array.from({ length: 20 }, (_, index) => 300 + index),
      ),
    ),
    'inconclusive',
    /2\.0 % at QoS 0 took .*: chance/,
  ],
  [
    'a tail with TCP_NODELAY alone',
    nagleConclusion(pair(each(10), [])),
    'contradicted',
    /^With TCP_NODELAY messages took .* with Nagle’s algorithm none did\. Something other than Nagle/,
  ],
  [
    'the same by a busy machine',
    nagleConclusion(busy(pair(each(10), []))),
    'inconclusive',
    /But this machine was busy/,
  ],
  [
    'no tail',
    nagleConclusion(pair([], [])),
    'inconclusive',
    /^No message took 30 ms more than the median of their own series/,
  ],
  [
    'a link of 50 ms without a tail',
    nagleConclusion(pair([], [], 50_000)),
    'inconclusive',
    /^No message took 30 ms more/,
  ],
  ['a link of 50 ms with one', nagleConclusion(pair([], each(10), 50_000)), 'confirmed', /\(1\.0 % at QoS 0\)/],
  [
    'so many that powers of two overflow',
    nagleConclusion([
      ...([0, 1, 2] as const).map((qos) => series(true, [], 300, qos)),
      ...([0, 1, 2] as const).map((qos) => series(false, evens(), 300, qos)),
    ]),
    'confirmed',
    /40 % at QoS 0, 40 % at QoS 1 and 40 % at QoS 2/,
  ],
  ['no Nagle measured', nagleConclusion([series(true, [])]), 'inconclusive', /did not measure TCP_NODELAY both/],
  [
    'each measured, but at another QoS',
    nagleConclusion([series(true, []), series(false, each(10), 300, 1)]),
    'inconclusive',
    /did not measure TCP_NODELAY both/,
  ],
];

function evens(): number[] {
  return Array.from({ length: 400 }, (_, index) => index * 2);
}

for (const [name, conclusion, outcome, text] of CASES) {
  test(`concludes about Nagle: ${name}: ${outcome}`, (t) => {
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}

test('finds held messages by the median of their series, however distant the Pi', (t) => {
  t.deepEqual(heldBack({ p50Us: 50_000, latenciesUs: [49_000, 79_999, 80_000] }), [false, false, true]);
});
