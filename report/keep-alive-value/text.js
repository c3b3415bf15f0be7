// @ts-check
// What the model says, in words and cells; run by the renderer and in the page.

import { costOf, PROFILES, recommend, sweep } from './model.js';

/**
 * @typedef {import('./model.js').Measurements} Measured
 * @typedef {import('./model.js').Wishes} Wanted
 * @typedef {import('./model.js').Value} OneValue
 */

/** The titles of the sweep's columns. */
export const COLUMNS = [
  'keep alive',
  'loss told after, measured',
  'at the worst',
  'on average',
  'wake-ups a day',
  'a day',
  'of the energy',
  'battery lasts',
];

/** The titles of the profiles' columns. */
export const PROFILE_COLUMNS = [
  'wanted most',
  'told within',
  'energy at most',
  'keep alive',
  'at the worst',
  'a day',
  'of the energy',
  'battery lasts',
  'why',
];

/**
 * Rows of cells, and which of them is the recommended one.
 *
 * @param {Measured} measured
 * @param {Wanted} wishes
 * @returns {readonly { readonly cells: readonly string[], readonly isRecommended: boolean }[]}
 */
export function sweepRows(measured, wishes) {
  const { value } = recommend(measured, wishes);
  return sweep(measured, wishes).map((one) => {
    const isRecommended = one.keepAlive === value.keepAlive;
    const measuredText = one.measuredS === undefined ? '–' : secondsText(one.measuredS);
    return {
      cells: [
        `${one.keepAlive} s${isRecommended ? ' ◆' : ''}`,
        measuredText,
        worstText(one),
        secondsText(one.meanS),
        Math.round(one.pings).toLocaleString('en-GB'),
        sizeText(one.bytes),
        `${one.sharePercent.toFixed(1)} %`,
        daysText(one.days),
      ],
      isRecommended,
    };
  });
}

/**
 * @param {Measured} measured
 * @param {Wanted} wishes
 * @returns {readonly (readonly string[])[]}
 */
export function profileRows(measured, wishes) {
  return PROFILES.map(({ name, why, detectS, sharePercent }) => {
    const { outcome, value } = recommend(measured, { ...wishes, detectS, sharePercent });
    return [
      name,
      `${detectS} s`,
      `${sharePercent} %`,
      outcome === 'too slow' ? 'none' : `${value.keepAlive} s`,
      worstText(value),
      sizeText(value.bytes),
      `${value.sharePercent.toFixed(1)} %${outcome === 'too dear' ? ': too much' : ''}`,
      daysText(value.days),
      why,
    ];
  });
}

/**
 * The recommendation with its reasons.
 *
 * @param {Measured} measured
 * @param {Wanted} wishes
 * @returns {string}
 */
export function recommendationText(measured, wishes) {
  const { outcome, value, cheap } = recommend(measured, wishes);
  const without = { ...wishes, wakeUpMj: 0 };
  const lasts = `the battery lasts ${daysText(value.days)}, against ${daysText(costOf(measured, without, value.keepAlive).days)} without any keep alive`;
  if (outcome === 'too slow') {
    return `No keep alive tells a loss within ${wishes.detectS} s at the worst: ${value.keepAlive} s, the shortest that the mosquitto clients take, needs ${secondsText(value.worstS)}${byVersionText(measured, value)}.`;
  }
  const longest =
    value.keepAlive === measured.maxKeepAlive
      ? 'the longest keep alive of all that are looked at, and'
      : 'the longest keep alive with which';
  const fits = `${value.keepAlive} s is ${longest} a loss is told within ${wishes.detectS} s at the worst: after ${secondsText(value.worstS)}${byVersionText(measured, value)}.`;
  const costs = `It wakes the lock ${Math.round(value.pings).toLocaleString('en-GB')} times a day, puts ${sizeText(value.bytes)} of ${measured.bytesOf} a day on the network, and takes ${value.sharePercent.toFixed(1)} % of the lock’s energy; ${lasts}.`;
  if (outcome === 'both')
    return `${fits} ${costs} The longer, the cheaper: a shorter one gains only what nobody asked for.`;
  const instead =
    cheap === undefined
      ? `no keep alive up to ${measured.maxKeepAlive} s keeps to that`
      : `that begins at ${cheap.keepAlive} s, with which a loss is told after ${secondsText(cheap.worstS)}`;
  return `${fits} ${costs} That is more than the ${wishes.sharePercent} % wanted: ${instead}. The two wishes exclude each other.`;
}

/**
 * `89.1 s (91.0 s)`: measured, and in brackets by the broker's version, where that is later.
 *
 * @param {OneValue} value
 * @returns {string}
 */
function worstText({ worstS, latestS }) {
  return `${secondsText(worstS)}${latestS === undefined ? '' : ` (${secondsText(latestS)})`}`;
}

/**
 * How much later than the latest of this run a broker of its version may be, behind a number; empty where nothing is known of that.
 *
 * @param {Measured} measured
 * @param {OneValue} value
 * @returns {string}
 */
function byVersionText({ rounds }, { latestS }) {
  if (rounds === undefined || latestS === undefined) return '';
  return ` (a broker of this version looks every ${rounds.everyS} s, which can make it ${secondsText(latestS)}: known of the version, not measured)`;
}

/**
 * @param {number} seconds
 * @returns {string}
 */
export function secondsText(seconds) {
  return seconds < 600 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/**
 * A thousand bytes are a kB.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function sizeText(bytes) {
  if (bytes >= 1e6) return `${Number((bytes / 1e6).toPrecision(3))} MB`;
  return bytes >= 1e3 ? `${Number((bytes / 1e3).toPrecision(3))} kB` : `${Math.round(bytes)} B`;
}

/**
 * @param {number} days
 * @returns {string}
 */
export function daysText(days) {
  return Number.isFinite(days) ? `${Math.round(days).toLocaleString('en-GB')} days` : 'for ever';
}
