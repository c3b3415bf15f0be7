// @ts-check
// The model's results in words and cells; the renderer and the page run this file.

import { costOf, PROFILES, recommend, sweep } from './model.js';

/**
 * @typedef {import('./model.js').Measurements} Measured
 * @typedef {import('./model.js').Inputs} Wanted
 * @typedef {import('./model.js').Value} OneValue
 */

/** Titles of the sweep's columns. */
export const COLUMNS = [
  'keep alive',
  'loss detected after, measured',
  'at worst',
  'on average',
  'wake-ups a day',
  'a day',
  'of the energy',
  'battery lasts',
];

/** Titles of the profiles' columns. */
export const PROFILE_COLUMNS = [
  'priority',
  'detected within',
  'energy at most',
  'keep alive',
  'at worst',
  'a day',
  'of the energy',
  'battery lasts',
  'why',
];

/**
 * Rows of cells, with a mark for the recommended one.
 *
 * @param {Measured} measured
 * @param {Wanted} inputs
 * @returns {readonly { readonly cells: readonly string[], readonly isRecommended: boolean }[]}
 */
export function sweepRows(measured, inputs) {
  const { value } = recommend(measured, inputs);
  return sweep(measured, inputs).map((one) => {
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
 * @param {Wanted} inputs
 * @returns {readonly (readonly string[])[]}
 */
export function profileRows(measured, inputs) {
  return PROFILES.map(({ name, why, detectS, sharePercent }) => {
    const { outcome, value } = recommend(measured, { ...inputs, detectS, sharePercent });
    return [
      name,
      `${detectS} s`,
      `${sharePercent} %`,
      outcome === 'too slow' ? 'none' : `${value.keepAlive} s`,
      worstText(value),
      sizeText(value.bytes),
      `${value.sharePercent.toFixed(1)} %${outcome === 'too expensive' ? ': too much' : ''}`,
      daysText(value.days),
      why,
    ];
  });
}

/**
 * The recommendation with its reasons.
 *
 * @param {Measured} measured
 * @param {Wanted} inputs
 * @returns {string}
 */
export function recommendationText(measured, inputs) {
  const { outcome, value, cheap } = recommend(measured, inputs);
  const without = { ...inputs, wakeUpMj: 0 };
  const lasts = `the battery lasts ${daysText(value.days)}, against ${daysText(costOf(measured, without, value.keepAlive).days)} without any keep alive`;
  if (outcome === 'too slow') {
    return `No keep alive detects a loss within ${inputs.detectS} s at worst: ${value.keepAlive} s, the shortest that the mosquitto clients accept, needs ${secondsText(value.worstS)}${byVersionText(measured, value)}.`;
  }
  const longest =
    value.keepAlive === measured.maxKeepAlive
      ? 'the longest keep alive that this broker allows, and'
      : 'the longest keep alive with which';
  const fits = `${value.keepAlive} s is ${longest} the broker detects a loss within ${inputs.detectS} s at worst: after ${secondsText(value.worstS)}${byVersionText(measured, value)}.`;
  const costs = `It wakes the lock ${Math.round(value.pings).toLocaleString('en-GB')} times a day, puts ${sizeText(value.bytes)} of ${measured.bytesOf} a day on the network, and uses ${value.sharePercent.toFixed(1)} % of the lock’s energy; ${lasts}.`;
  if (outcome === 'fits') return `${fits} ${costs} A shorter one costs more and is faster than required.`;
  const instead =
    cheap === undefined
      ? `no keep alive up to ${measured.maxKeepAlive} s stays within that`
      : `the shortest within that is ${cheap.keepAlive} s, which detects a loss after ${secondsText(cheap.worstS)}`;
  return `${fits} ${costs} That is more than the ${inputs.sharePercent} % required: ${instead}. The two requirements exclude each other.`;
}

/**
 * `89.1 s (91.0 s)`: from measurements, and in brackets by the broker's version where that is later.
 *
 * @param {OneValue} value
 * @returns {string}
 */
function worstText({ worstS, latestS }) {
  return `${secondsText(worstS)}${latestS === undefined ? '' : ` (${secondsText(latestS)})`}`;
}

/**
 * How late a broker of this version may be, to follow a number; empty where that is unknown.
 *
 * @param {Measured} measured
 * @param {OneValue} value
 * @returns {string}
 */
function byVersionText({ rounds }, { latestS }) {
  if (rounds === undefined || latestS === undefined) return '';
  return ` (a broker of this version looks for silent clients every ${rounds.everyS} s, which can make it ${secondsText(latestS)}; known of the version, not measured)`;
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
  return Number.isFinite(days) ? `${Math.round(days).toLocaleString('en-GB')} days` : 'forever';
}
