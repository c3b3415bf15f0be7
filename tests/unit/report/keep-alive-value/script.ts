import { Script } from 'node:vm';
import test from 'ava';
import { parseHTML } from 'linkedom';
import { batteryPlot, delayPlot, plotText, svgOf } from '../../../../report/keep-alive-value/drawing.js';
import { DEFAULTS, type Measurements, SWEEP } from '../../../../report/keep-alive-value/model.js';
import { valueScript } from '../../../../report/keep-alive-value/script.ts';
import {
  COLUMNS,
  daysText,
  PROFILE_COLUMNS,
  profileRows,
  recommendationText,
  secondsText,
  sizeText,
  sweepRows,
} from '../../../../report/keep-alive-value/text.js';

const MEASURED: Measurements = {
  expiries: [{ keepAlive: 5, afterMs: 13_000 }],
  pingBytes: 160,
  bytesOf: 'IP',
  maxKeepAlive: 1200,
};

/** [changed inputs; facts in the recommendation] */
const texts: readonly (readonly [Partial<typeof DEFAULTS>, RegExp])[] = [
  [{}, /^56 s is the longest .* within 90 s at worst: after 89\.5 s\. .* 1,543 times a day, puts 247 kB of IP /],
  [{ detectS: 30 }, /^16 s .* more than the 25 % required: .* 50 s.*exclude each other/],
  [{ detectS: 30, sharePercent: 0 }, /no keep alive up to 1200 s/],
  [{ detectS: 5 }, /^No keep alive detects a loss within 5 s at worst: 5 s, .* needs 13\.0 s/],
];

for (const [change, facts] of texts) {
  test(`gives the reasons of the recommendation for ${JSON.stringify(change)}`, (t) => {
    t.regex(recommendationText(MEASURED, { ...DEFAULTS, ...change }), facts);
  });
}

test('adds the possible lateness of the broker’s version, and changes no measured number', (t) => {
  const known = { ...MEASURED, rounds: { everyS: 6, lateS: 7 } };
  t.regex(
    recommendationText(known, DEFAULTS),
    /^56 s is .* within 90 s at worst: after 89\.5 s \(.* every 6 s, which can make it 91\.0 s; .*not measured\)\./,
  );
  t.regex(
    recommendationText(known, { ...DEFAULTS, detectS: 5 }),
    /needs 13\.0 s \(a broker .* can make it 14\.5 s; .*\)\.$/,
  );
  t.deepEqual(sweepRows(known, DEFAULTS)[0]?.cells.slice(0, 3), ['5 s', '13.0 s', '13.0 s (14.5 s)']);
  t.is(profileRows(known, DEFAULTS)[1]?.[4], '89.5 s (91.0 s)');
  // measured at the greatest lateness
  const latest = { ...known, expiries: [{ keepAlive: 5, afterMs: 14_500 }] };
  t.notRegex(recommendationText(latest, DEFAULTS), /version/);
  t.is(sweepRows(latest, DEFAULTS)[0]?.cells[2], '14.5 s');
});

test('does not call the longest allowed keep alive the longest that detects in time', (t) => {
  t.regex(
    recommendationText({ ...MEASURED, maxKeepAlive: 20 }, DEFAULTS),
    /^20 s is the longest keep alive that this broker allows, and/,
  );
});

test('gives each row a cell for each column, and marks the recommended row', (t) => {
  const rows = sweepRows(MEASURED, DEFAULTS);
  t.true(rows.every(({ cells }) => cells.length === COLUMNS.length));
  t.deepEqual(
    rows.filter(({ isRecommended }) => isRecommended).map(({ cells }) => cells[0]),
    ['56 s ◆'],
  );
  t.deepEqual(rows[0]?.cells.slice(0, 3), ['5 s', '13.0 s', '13.0 s']);
  t.is(rows[1]?.cells[1], '–');
  const profiles = profileRows(MEASURED, DEFAULTS);
  t.true(profiles.every((cells) => cells.length === PROFILE_COLUMNS.length));
  t.deepEqual(profiles[1]?.slice(0, 4), ['balanced', '90 s', '25 %', '56 s']);
});

test('prints numbers with units', (t) => {
  t.deepEqual([90, 900].map(secondsText), ['90.0 s', '15.0 min']);
  t.deepEqual([950, 11_520, 2_764_800].map(sizeText), ['950 B', '11.5 kB', '2.76 MB']);
  t.deepEqual([1234.4, Number.POSITIVE_INFINITY].map(daysText), ['1,234 days', 'forever']);
});

for (const [name, plot, change] of [
  ['delay', delayPlot, {}],
  ['battery', batteryPlot, {}],
  ['battery, with costs of nothing', batteryPlot, { wakeUpMj: 0, baseMw: 0 }],
  ['delay, with a distant limit', delayPlot, { detectS: 3_600 }],
] as const) {
  test(`draws every point of the plot of ${name} inside the picture, and describes them in words`, (t) => {
    const plotted = plot(MEASURED, { ...DEFAULTS, ...change });
    const { document } = parseHTML(`<html><body>${svgOf(plotted)}</body></html>`);
    const finite = plotted.points.filter(({ y }) => Number.isFinite(y)).length;
    t.is(document.querySelectorAll('circle').length, Math.max(0, finite - 1));
    for (const circle of document.querySelectorAll('circle')) {
      const [x, y] = [Number(circle.getAttribute('cx')), Number(circle.getAttribute('cy'))];
      t.true(x >= 0 && x <= 680 && y >= 0 && y <= 340, `${x}, ${y}`);
    }
    t.false(svgOf(plotted).includes('NaN'));
    for (const keepAlive of SWEEP) t.true(plotText(plotted).includes(`${keepAlive} s: `));
  });
}

test('bundles the model into one script without modules, in a scope of its own', (t) => {
  const script = valueScript();
  t.notThrows(() => new Script(script));
  t.notRegex(script, /^(import|export)/m);
  // where the form is missing it does nothing, as on a page without a measurement
  const document = { getElementById: () => null };
  t.notThrows(() => new Script(script).runInNewContext({ document }));
});
