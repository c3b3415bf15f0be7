// @ts-check
// What a keep alive costs a device on a battery: how late its loss is detected, and what its pings cost on the network and of the battery. The
// renderer and the page itself run this file unaltered, so it uses nothing of Node or of a browser.

/**
 * What a run has measured.
 *
 * @typedef {object} Measurements
 * @property {readonly { readonly keepAlive: number, readonly afterMs: number }[]} expiries How long after the last packet of a silent client its loss was detected.
 * @property {number} pingBytes Bytes of a PINGREQ and its answer.
 * @property {'IP' | 'MQTT'} bytesOf IP with all headers, or MQTT where the kernel's counters could not be read.
 * @property {number} maxKeepAlive The longest that the broker allows, in seconds.
 * @property {{ readonly everyS: number, readonly lateS: number }} [rounds] How often a broker of this version looks for silent clients, and how late
 *   beyond 1.5 times the keep alive it may be, in seconds. Known of the version, not measured; absent for other versions.
 */

/**
 * Assumptions about the device, and requirements.
 *
 * @typedef {object} Inputs
 * @property {number} wakeUpMj Energy of one wake-up with a ping and its answer, in millijoules.
 * @property {number} baseMw Average power of the device without any keep alive, in milliwatts.
 * @property {number} batteryWh
 * @property {number} detectS Within how many seconds a loss has to be detected, at worst.
 * @property {number} sharePercent How much of its energy the keep alive may use.
 */

/**
 * One keep alive and what it costs.
 *
 * @typedef {object} Value
 * @property {number} keepAlive Seconds.
 * @property {number | undefined} measuredS From the last packet until the loss was detected, the longest of this run; undefined where none was measured.
 * @property {number} worstS The same, computed with the greatest lateness of this run.
 * @property {number | undefined} latestS The same by the broker's version; undefined where that is unknown, or no later.
 * @property {number} meanS From a loss at any moment until it is detected, on average.
 * @property {number} pings Wake-ups a day.
 * @property {number} bytes A day.
 * @property {number} sharePercent Of the energy that the device uses.
 * @property {number} days Life of the battery.
 */

/**
 * @typedef {object} Recommendation
 * @property {'fits' | 'too expensive' | 'too slow'} outcome `too expensive`: fast enough, but above the share; `too slow`: no keep alive is fast enough.
 * @property {Value} value
 * @property {Value | undefined} cheap The shortest keep alive within the share, where the recommended one is not.
 */

/** The shortest that a client of libmosquitto accepts (mosquitto_sub(1), -k). */
export const SHORTEST_S = 5;
const DAY_S = 86_400;
const MJ_PER_WH = 3_600_000;

/**
 * Assumed, not measured. Battery: four AA lithium cells of 3,500 mAh at 1.5 V. Wake-up: 0.1 s at 100 mA and 3.3 V. Base load: empties that battery in
 * 14 months.
 *
 * @type {Inputs}
 */
export const DEFAULTS = { wakeUpMj: 33, baseMw: 2, batteryWh: 21, detectS: 90, sharePercent: 25 };

/**
 * How the answer shifts with the priorities.
 *
 * @type {readonly { readonly name: string, readonly why: string, readonly detectS: number, readonly sharePercent: number }[]}
 */
export const PROFILES = [
  {
    name: 'detect fast',
    why: 'the resident at the door still learns that the lock is gone',
    detectS: 30,
    sharePercent: 60,
  },
  {
    name: 'balanced',
    why: 'a resident who locked the door and left is some 100 m away, and can turn back',
    detectS: 90,
    sharePercent: 25,
  },
  {
    name: 'battery first',
    why: 'a technician replaces a dead lock the same day, not the same minute',
    detectS: 600,
    sharePercent: 5,
  },
];

/** @type {readonly number[]} */
export const SWEEP = [5, 10, 15, 25, 30, 40, 60, 120, 300, 600, 1200];

/**
 * How late the broker was beyond 1.5 times the keep alive [MQTT-3.1.2-24], in seconds; 0 where nothing was measured.
 *
 * @param {Pick<Measurements, 'expiries'>} measured
 * @returns {{ readonly least: number, readonly mean: number, readonly most: number }}
 */
export function lateness({ expiries }) {
  const late = expiries.map(({ keepAlive, afterMs }) => afterMs / 1000 - 1.5 * keepAlive);
  if (late.length === 0) return { least: 0, mean: 0, most: 0 };
  const mean = late.reduce((sum, one) => sum + one, 0) / late.length;
  return { least: Math.min(...late), mean, most: Math.max(...late) };
}

/**
 * @param {Measurements} measured
 * @param {Inputs} inputs
 * @param {number} keepAlive
 * @returns {Value}
 */
export function costOf(measured, inputs, keepAlive) {
  const own = measured.expiries.filter((expiry) => expiry.keepAlive === keepAlive);
  const late = lateness(measured);
  const pings = DAY_S / keepAlive;
  const pingMw = inputs.wakeUpMj / keepAlive;
  const allMw = pingMw + inputs.baseMw;
  return {
    keepAlive,
    measuredS: own.length === 0 ? undefined : Math.max(...own.map(({ afterMs }) => afterMs / 1000)),
    worstS: 1.5 * keepAlive + late.most,
    latestS:
      measured.rounds === undefined || measured.rounds.lateS <= late.most
        ? undefined
        : 1.5 * keepAlive + measured.rounds.lateS,
    // on average half a keep alive has passed since the last ping
    meanS: keepAlive + late.mean,
    pings,
    bytes: pings * measured.pingBytes,
    sharePercent: allMw === 0 ? 0 : (pingMw / allMw) * 100,
    days: allMw === 0 ? Number.POSITIVE_INFINITY : (inputs.batteryWh * MJ_PER_WH) / allMw / DAY_S,
  };
}

/**
 * The longest keep alive, in whole seconds, that detects a loss in time at worst: the longer, the cheaper.
 *
 * @param {Measurements} measured
 * @param {Inputs} inputs
 * @returns {Recommendation}
 */
export function recommend(measured, inputs) {
  /** @type {Value | undefined} */
  let cheap;
  for (let keepAlive = measured.maxKeepAlive; keepAlive >= SHORTEST_S; keepAlive -= 1) {
    const value = costOf(measured, inputs, keepAlive);
    const isCheap = value.sharePercent <= inputs.sharePercent;
    if (value.worstS <= inputs.detectS) {
      return isCheap ? { outcome: 'fits', value, cheap: undefined } : { outcome: 'too expensive', value, cheap };
    }
    if (isCheap) cheap = value;
  }
  return { outcome: 'too slow', value: costOf(measured, inputs, SHORTEST_S), cheap };
}

/**
 * The sweep with the recommended keep alive in its place.
 *
 * @param {Measurements} measured
 * @param {Inputs} inputs
 * @returns {readonly Value[]}
 */
export function sweep(measured, inputs) {
  const { value } = recommend(measured, inputs);
  const known = SWEEP.filter((keepAlive) => keepAlive < measured.maxKeepAlive);
  const all = [...new Set([...known, measured.maxKeepAlive, value.keepAlive])].sort((one, other) => one - other);
  return all.map((keepAlive) => costOf(measured, inputs, keepAlive));
}
