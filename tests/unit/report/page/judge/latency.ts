import test from 'ava';
import type { Latency } from '../../../../../report/measured/latency.ts';
import {
  acknowledgedSentence,
  loopSentence,
  lossSentence,
  medianSentence,
  nagleSentence,
} from '../../../../../report/page/judge/latency.ts';
import type { Sentence } from '../../../../../report/page/judge/sentence.ts';
import { type Level, latencyOf } from '../_results.ts';

const at = (qos: Level, p50Us: number, eventLoopP99Us = 90): Latency => ({
  ...latencyOf(qos, true, p50Us),
  p50Us,
  eventLoopP99Us,
});
const tails = (withNodelay: number, withNagle: number) => [
  latencyOf(0, true, 300, withNodelay),
  latencyOf(0, false, 300, withNagle),
];

/** [what it is about, what is said, how, in which words] */
const CASES: readonly (readonly [string, Sentence | undefined, Sentence['says'] | undefined, RegExp])[] = [
  [
    'QoS 2 slower than 0',
    medianSentence([at(0, 300), at(2, 600)]),
    'so',
    /0\.300 ms at QoS 0 and 0\.600 ms at QoS 2\. QoS 2 took 2\.0 times/,
  ],
  ['QoS 2 like 0', medianSentence([at(0, 300), at(2, 305)]), 'open', /as fast as QoS 0\. A broker may pass/],
  ['QoS 2 faster than 0', medianSentence([at(0, 300), at(2, 200)]), 'not so', /was faster than QoS 0/],
  [
    'QoS 2 faster than 0, measured by a busy machine',
    medianSentence([at(0, 300), at(2, 200, 12_000)]),
    'open',
    /faster than QoS 0.* But this machine was busy/,
  ],
  ['QoS 2 alone', medianSentence([at(2, 200)]), 'open', /not both measured/],
  [
    'QoS 1 like 0',
    acknowledgedSentence([at(0, 300), at(1, 310)]),
    'so',
    /as fast as QoS 0 \(0\.310 against 0\.300 ms\)/,
  ],
  ['QoS 1 slower than 0', acknowledgedSentence([at(0, 300), at(1, 450)]), 'open', /slower than QoS 0 by 50 %/],
  ['QoS 1 faster than 0', acknowledgedSentence([at(0, 300), at(1, 150)]), 'not so', /faster than QoS 0 by 50 %/],
  ['QoS 1 far from 0 by chance', acknowledgedSentence([at(0, 300), { ...at(1, 300), p50Us: 400 }]), 'so', /as fast/],
  ['QoS 1 alone', acknowledgedSentence([at(1, 150)]), undefined, /^$/],
  [
    'a tail with Nagle alone',
    nagleSentence(tails(0, 4)),
    'so',
    /messages took 30 ms or more \(2\.0 % at QoS 0\), with TCP_NODELAY none did/,
  ],
  ['no tail', nagleSentence(tails(0, 0)), 'open', /No message took 30 ms or more/],
  ['a tail with TCP_NODELAY alone', nagleSentence(tails(4, 0)), 'not so', /something other than Nagle/],
  [
    'tails with both',
    nagleSentence(tails(4, 30)),
    'not so',
    /Nagle’s algorithm \(15 % at QoS 0\) and with TCP_NODELAY too \(2\.0 % at QoS 0\)/,
  ],
  ['no Nagle measured', nagleSentence([at(0, 300)]), 'open', /not measured both/],
  ['all came', lossSentence([at(0, 300), at(2, 300)]), 'so', /All of 400 messages came/],
  [
    'QoS 0 lost some',
    lossSentence([{ ...at(0, 300), lost: 3 }]),
    'open',
    /3 of 200 at QoS 0 did not come, which QoS 0 allows/,
  ],
  ['QoS 1 lost some', lossSentence([{ ...at(1, 300), lost: 3 }]), 'not so', /3 of 200 at QoS 1 did not come\.$/],
  ['timers in time', loopSentence([at(0, 300)]), undefined, /^$/],
  ['timers late', loopSentence([{ ...at(0, 300), eventLoopP99Us: 5_000 }]), 'open', /was late by 5\.00 ms/],
];

for (const [name, sentence, says, text] of CASES) {
  test(`${name}: ${says}`, (t) => {
    t.is(sentence?.says, says);
    t.regex(sentence?.text ?? '', text);
  });
}
