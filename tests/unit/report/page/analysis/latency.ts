import test from 'ava';
import type { Latency } from '../../../../../records/measured/latency.ts';
import type { Conclusion } from '../../../../../report/page/analysis/conclusion.ts';
import {
  acknowledgedConclusion,
  loopConclusion,
  lossConclusion,
  medianConclusion,
} from '../../../../../report/page/analysis/latency.ts';
import { type Level, latencyOf } from '../_results.ts';

const at = (qos: Level, p50Us: number, eventLoopP99Us = 90): Latency => ({
  ...latencyOf(qos, true, p50Us),
  p50Us,
  eventLoopP99Us,
});

/** [what was measured; the conclusion; its outcome; facts in the text] */
const CASES: readonly (readonly [string, Conclusion | undefined, Conclusion['outcome'] | undefined, RegExp])[] = [
  [
    'QoS 2 slower than 0',
    medianConclusion([at(0, 300), at(2, 600)], undefined),
    'confirmed',
    /0\.300 ms at QoS 0 and 0\.600 ms at QoS 2\. QoS 2 took 2\.0 times as long as QoS 0\.$/,
  ],
  [
    'QoS 2 slower than 0, passed on after its PUBREL',
    medianConclusion([at(0, 300), at(2, 600)], 'after PUBREL'),
    'confirmed',
    /as long as QoS 0: .* after its PUBREL/,
  ],
  [
    'QoS 2 slower than 0, passed on before its PUBREL',
    medianConclusion([at(0, 300), at(2, 600)], 'before PUBREL'),
    'inconclusive',
    /its handshake is not the reason: .* before its PUBREL/,
  ],
  ['QoS 2 like 0', medianConclusion([at(0, 300), at(2, 305)], undefined), 'inconclusive', /as fast as QoS 0\.$/],
  [
    'QoS 2 like 0, passed on before its PUBREL',
    medianConclusion([at(0, 300), at(2, 305)], 'before PUBREL'),
    'confirmed',
    /as fast as QoS 0: .* before its PUBREL/,
  ],
  [
    'QoS 2 like 0, passed on after its PUBREL',
    medianConclusion([at(0, 300), at(2, 305)], 'after PUBREL'),
    'inconclusive',
    /as fast as QoS 0, although .* a round trip later/,
  ],
  [
    'QoS 2 faster than 0',
    medianConclusion([at(0, 300), at(2, 200)], undefined),
    'contradicted',
    /was faster than QoS 0/,
  ],
  [
    'QoS 2 faster than 0, measured by a busy machine',
    medianConclusion([at(0, 300), at(2, 200, 12_000)], undefined),
    'inconclusive',
    /faster than QoS 0.* But this machine was busy/,
  ],
  ['QoS 2 alone', medianConclusion([at(2, 200)], undefined), 'inconclusive', /did not measure both/],
  [
    'QoS 1 like 0',
    acknowledgedConclusion([at(0, 300), at(1, 310)]),
    'confirmed',
    /as fast as QoS 0 \(0\.310 against 0\.300 ms\)/,
  ],
  ['QoS 1 slower than 0', acknowledgedConclusion([at(0, 300), at(1, 450)]), 'inconclusive', /50 % slower than QoS 0/],
  [
    'QoS 1 faster than 0',
    acknowledgedConclusion([at(0, 300), at(1, 150)]),
    'inconclusive',
    /50 % faster than QoS 0 .* one after the other, and this run cannot tell the cause/,
  ],
  ['QoS 1 within the noise of QoS 0', acknowledgedConclusion([at(0, 300), at(1, 360)]), 'confirmed', /as fast/],
  ['QoS 1 beyond the noise of QoS 0', acknowledgedConclusion([at(0, 300), at(1, 361)]), 'inconclusive', /20 % slower/],
  ['QoS 1 alone', acknowledgedConclusion([at(1, 150)]), undefined, /^$/],
  ['all came', lossConclusion([at(0, 300), at(2, 300)]), 'confirmed', /All of 400 messages arrived/],
  [
    'QoS 0 lost some',
    lossConclusion([{ ...at(0, 300), lost: 3 }]),
    'inconclusive',
    /3 of 200 at QoS 0, which QoS 0 permits/,
  ],
  ['QoS 1 lost some', lossConclusion([{ ...at(1, 300), lost: 3 }]), 'contradicted', /3 of 200 at QoS 1\.$/],
  ['timers in time', loopConclusion([at(0, 300)]), undefined, /^$/],
  ['timers late', loopConclusion([{ ...at(0, 300), eventLoopP99Us: 5_000 }]), 'inconclusive', /was late by 5\.00 ms/],
];

for (const [name, conclusion, outcome, text] of CASES) {
  test(`concludes about latency: ${name}: ${outcome}`, (t) => {
    t.is(conclusion?.outcome, outcome);
    t.regex(conclusion?.text ?? '', text);
  });
}
