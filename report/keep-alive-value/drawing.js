// @ts-check
// Draws the sweep as SVG text; the renderer and the page run this file.

import { costOf, recommend, sweep } from './model.js';
import { daysText, sizeText } from './text.js';

/**
 * @typedef {object} Axis
 * @property {string} label
 * @property {boolean} isLog
 * @property {(value: number) => string} text Of a tick.
 *
 * @typedef {object} Point
 * @property {number} x
 * @property {number} y
 * @property {string} name
 * @property {boolean} isMarked
 *
 * @typedef {object} PlotOfPoints
 * @property {Axis} x
 * @property {Axis} y
 * @property {readonly Point[]} points In the order of x.
 * @property {'above' | 'below'} names Where the curve leaves room for the points' names.
 * @property {{ readonly y: number, readonly name: string } | undefined} limit A line across.
 */

const WIDTH = 680;
const HEIGHT = 340;
const LEFT = 76;
const RIGHT = 20;
const TOP = 26;
const BOTTOM = 46;
/** Width of a name. */
const NAME = 44;

/**
 * How late a loss is detected against the load on the network.
 *
 * @param {import('./model.js').Measurements} measured
 * @param {import('./model.js').Inputs} inputs
 * @returns {PlotOfPoints}
 */
export function delayPlot(measured, inputs) {
  return {
    x: { label: `bytes of ${measured.bytesOf} a day`, isLog: true, text: sizeText },
    y: { label: 'loss detected after, at worst', isLog: true, text: tickSeconds },
    points: pointsOf(measured, inputs, ({ bytes, worstS }) => [bytes, worstS]).toReversed(),
    names: 'above',
    limit: { y: inputs.detectS, name: `required: ${inputs.detectS} s` },
  };
}

/**
 * How long the battery lasts, by keep alive.
 *
 * @param {import('./model.js').Measurements} measured
 * @param {import('./model.js').Inputs} inputs
 * @returns {PlotOfPoints}
 */
export function batteryPlot(measured, inputs) {
  const { days } = costOf(measured, { ...inputs, wakeUpMj: 0 }, 1);
  return {
    x: { label: 'keep alive in seconds', isLog: true, text: String },
    y: { label: 'battery lasts', isLog: false, text: daysText },
    points: pointsOf(measured, inputs, (value) => [value.keepAlive, value.days]),
    names: 'below',
    limit: Number.isFinite(days) ? { y: days, name: 'without any keep alive' } : undefined,
  };
}

/**
 * The plot in words.
 *
 * @param {PlotOfPoints} plotted
 * @returns {string}
 */
export function plotText({ x, y, points }) {
  const each = points.map((point) => {
    const at = x.text(round3(point.x));
    return `${point.name}: ${point.name === `${at} s` ? '' : `${at}, `}${y.text(round3(point.y))}`;
  });
  return `${y.label}, against ${x.label}. ${each.join('; ')}.`;
}

/**
 * @param {import('./model.js').Measurements} measured
 * @param {import('./model.js').Inputs} inputs
 * @param {(value: import('./model.js').Value) => readonly [number, number]} at
 * @returns {readonly Point[]}
 */
function pointsOf(measured, inputs, at) {
  const { value } = recommend(measured, inputs);
  return sweep(measured, inputs).map((one) => {
    const [x, y] = at(one);
    return { x, y, name: `${one.keepAlive} s`, isMarked: one.keepAlive === value.keepAlive };
  });
}

/**
 * Its texts consist of numbers and of words of this file, so none needs an escape.
 *
 * @param {PlotOfPoints} plotted
 * @returns {string}
 */
export function svgOf({ x, y, points, names, limit }) {
  const drawn = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const ys = [...drawn.map((point) => point.y), ...(limit === undefined ? [] : [limit.y])];
  const across = scaleOf(
    x,
    drawn.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scaleOf(y, ys, HEIGHT - BOTTOM, TOP);
  const placed = drawn.map((point) => ({ ...point, left: across.at(point.x), top: up.at(point.y) }));
  const marked = placed.find((point) => point.isMarked);
  let free = Number.NEGATIVE_INFINITY;
  /** @param {typeof placed[number]} point */
  const isNamed = ({ left, isMarked }) => {
    // the recommended one takes precedence
    if (isMarked || left < free || (marked !== undefined && Math.abs(left - marked.left) < NAME)) return isMarked;
    free = left + NAME;
    return true;
  };
  const parts = [
    ...across.ticks.map((tick) => {
      const at = across.at(tick).toFixed(1);
      return `<path d="M${at},${TOP}V${HEIGHT - BOTTOM}" stroke="currentColor" stroke-opacity="0.12"/><text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${x.text(tick)}</text>`;
    }),
    ...up.ticks.map((tick) => {
      const at = up.at(tick).toFixed(1);
      return `<path d="M${LEFT},${at}H${WIDTH - RIGHT}" stroke="currentColor" stroke-opacity="0.12"/><text x="${LEFT - 8}" y="${at}" dy="0.32em" text-anchor="end">${y.text(tick)}</text>`;
    }),
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">${x.label} →</text>`,
    `<text x="4" y="12">↑ ${y.label}</text>`,
    ...(limit === undefined ? [] : [limitLine(limit.name, up.at(limit.y))]),
    `<path d="${placed.map(({ left, top }, index) => `${index === 0 ? 'M' : 'L'}${left.toFixed(1)},${top.toFixed(1)}`).join('')}" fill="none" stroke="var(--series-1)" stroke-width="1.5"/>`,
    ...placed.map((point) => dot(point) + (isNamed(point) ? nameOf(point, names) : '')),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-size="12" aria-hidden="true">${parts.join('')}</svg>`;
}

/**
 * @param {string} name
 * @param {number} at
 * @returns {string}
 */
function limitLine(name, at) {
  const y = at.toFixed(1);
  return `<path d="M${LEFT},${y}H${WIDTH - RIGHT}" stroke="var(--series-2)" stroke-width="1.5" stroke-dasharray="7 3"/><text x="${LEFT + 6}" y="${(at - 6).toFixed(1)}">${name}</text>`;
}

/**
 * The recommended one is a larger diamond.
 *
 * @param {{ readonly left: number, readonly top: number, readonly isMarked: boolean }} point
 * @returns {string}
 */
function dot({ left, top, isMarked }) {
  const [x, y] = [left.toFixed(1), top.toFixed(1)];
  return isMarked
    ? `<path d="M${x},${y}m0,-9l8,9l-8,9l-8,-9z" fill="var(--series-2)"/>`
    : `<circle cx="${x}" cy="${y}" r="3.5" fill="var(--series-1)"/>`;
}

/**
 * @param {{ readonly left: number, readonly top: number, readonly name: string, readonly isMarked: boolean }} point
 * @param {'above' | 'below'} names
 * @returns {string}
 */
function nameOf({ left, top, name, isMarked }, names) {
  const down = (names === 'below' ? 18 : -9) * (isMarked ? 1.2 : 1);
  const weight = isMarked ? ' font-weight="bold"' : '';
  return `<text x="${(left + 7).toFixed(1)}" y="${(top + down).toFixed(1)}"${weight}>${name}</text>`;
}

/**
 * @param {Axis} axis
 * @param {readonly number[]} values
 * @param {number} from
 * @param {number} to
 * @returns {{ at(value: number): number, readonly ticks: readonly number[] }}
 */
function scaleOf({ isLog }, values, from, to) {
  const positive = isLog ? values.filter((value) => value > 0) : values;
  const most = Math.max(...positive, isLog ? Number.MIN_VALUE : 1);
  const least = isLog ? Math.min(...positive, most) : 0;
  const [low, high] = isLog ? [least / 1.3, most * 1.3] : [0, most * 1.1];
  /** @param {number} value */
  const share = (value) => (isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  return { at: (value) => from + share(value) * (to - from), ticks: isLog ? logTicks(low, high) : evenTicks(high) };
}

/**
 * 1, 2 and 5 of each power of ten, or only the powers where that is too many.
 *
 * @param {number} low
 * @param {number} high
 * @returns {number[]}
 */
function logTicks(low, high) {
  const powers = Array.from({ length: 24 }, (_, index) => 10 ** (index - 6));
  const fine = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((tick) => tick >= low && tick <= high);
  return fine.length <= 9 ? fine : powers.filter((tick) => tick >= low && tick <= high);
}

/**
 * @param {number} high
 * @returns {number[]}
 */
function evenTicks(high) {
  const rough = high / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? high;
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, index) => index * step);
}

/**
 * @param {number} seconds
 * @returns {string}
 */
function tickSeconds(seconds) {
  return `${Math.round(seconds).toLocaleString('en-GB')} s`;
}

/**
 * @param {number} value
 * @returns {number}
 */
function round3(value) {
  return Number(value.toPrecision(3));
}
