// @ts-check
// What a keep alive is worth to a device on a battery: how late its loss is noticed, what its pings cost on the network and of the battery. Run by
// the page's renderer and, unaltered, in the page itself: plain JavaScript, without anything of Node or of a browser.

/**
 * What a run has measured.
 *
 * @typedef {object} Measurements
 * @property {readonly { readonly keepAlive: number, readonly afterMs: number }[]} expiries How long after the last packet of a silent client its loss was told.
 * @property {number} pingBytes Bytes of a PINGREQ and its answer.
 * @property {'IP' | 'MQTT'} bytesOf IP with all headers; MQTT where the kernel's counters could not be read.
 * @property {number} maxKeepAlive The longest that the broker allows, in seconds.
 * @property {{ readonly everyS: number, readonly lateS: number }} [rounds] How often a broker of this version looks for silent clients, and how late
 *   beyond 1.5 times the keep alive that may make it, in seconds; known of the version and not measured. Absent where no such thing is known.
 */

/**
 * What is assumed of the device, and wanted.
 *
 * @typedef {object} Wishes
 * @property {number} wakeUpMj Energy of one wake-up with a ping and its answer, in millijoules.
 * @property {number} baseMw What the device takes on average without any keep alive, in milliwatts.
 * @property {number} batteryWh
 * @property {number} detectS Within how many seconds a loss has to be told, at the worst.
 * @property {number} sharePercent How much of its energy the keep alive may take.
 */

/**
 * One keep alive with all that follows from it.
 *
 * @typedef {object} Value
 * @property {number} keepAlive Seconds.
 * @property {number | undefined} measuredS From the last packet until the loss was told, the longest of this run; undefined where none was measured.
 * @property {number} worstS The same, computed: how late a broker is depends on where in its round the silence falls, so the latest counts everywhere.
 * @property {number | undefined} latestS The same by the broker's version, not measured; undefined where that is not known, or no later.
 * @property {number} meanS From a loss at any moment until it is told, on average.
 * @property {number} pings Wake-ups a day.
 * @property {number} bytes A day.
 * @property {number} sharePercent Of the energy that the device takes.
 * @property {number} days Of life of the battery.
 */

/**
 * @typedef {object} Recommendation
 * @property {'both' | 'too dear' | 'too slow'} outcome `too dear`: fast enough, but above the share; `too slow`: no keep alive is fast enough.
 * @property {Value} value
 * @property {Value | undefined} cheap The shortest keep alive that keeps to the share, where the recommended one does not.
 */

/** The shortest that a client of libmosquitto takes (mosquitto_sub(1), -k). */
export const SHORTEST_S = 5;
const DAY_S = 86_400;
const MJ_PER_WH = 3_600_000;

/**
 * Assumed, not measured. Battery: four AA lithium cells of 3,500 mAh at 1.5 V. Wake-up: 0.1 s at 100 mA and 3.3 V. Base load: what empties that battery
 * in 14 months.
 *
 * @type {Wishes}
 */
export const DEFAULTS = { wakeUpMj: 33, baseMw: 2, batteryWh: 21, detectS: 90, sharePercent: 25 };

/**
 * How the answer shifts with what is wanted most.
 *
 * @type {readonly { readonly name: string, readonly why: string, readonly detectS: number, readonly sharePercent: number }[]}
 */
export const PROFILES = [
  {
    name: 'detect fast',
    why: 'whoever stands at the door should still see that the lock is gone',
    detectS: 30,
    sharePercent: 60,
  },
  {
    name: 'balanced',
    why: 'whoever has locked the door and walks off is some 100 m away, and can turn back',
    detectS: 90,
    sharePercent: 25,
  },
  {
    name: 'battery first',
    why: 'a dead lock is somebody’s job today, not in this minute',
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
 * @param {Wishes} wishes
 * @param {number} keepAlive
 * @returns {Value}
 */
export function costOf(measured, wishes, keepAlive) {
  const own = measured.expiries.filter((expiry) => expiry.keepAlive === keepAlive);
  const late = lateness(measured);
  const pings = DAY_S / keepAlive;
  const pingMw = wishes.wakeUpMj / keepAlive;
  const allMw = pingMw + wishes.baseMw;
  return {
    keepAlive,
    measuredS: own.length === 0 ? undefined : Math.max(...own.map(({ afterMs }) => afterMs / 1000)),
    worstS: 1.5 * keepAlive + late.most,
    latestS:
      measured.rounds === undefined || measured.rounds.lateS <= late.most
        ? undefined
        : 1.5 * keepAlive + measured.rounds.lateS,
    // the moment of a loss has nothing to do with the pings: half a keep alive has passed since the last one
    meanS: keepAlive + late.mean,
    pings,
    bytes: pings * measured.pingBytes,
    sharePercent: allMw === 0 ? 0 : (pingMw / allMw) * 100,
    days: allMw === 0 ? Number.POSITIVE_INFINITY : (wishes.batteryWh * MJ_PER_WH) / allMw / DAY_S,
  };
}

/**
 * The longest keep alive, in whole seconds, whose loss is told in time at the worst: the longer, the cheaper.
 *
 * @param {Measurements} measured
 * @param {Wishes} wishes
 * @returns {Recommendation}
 */
export function recommend(measured, wishes) {
  /** @type {Value | undefined} */
  let cheap;
  for (let keepAlive = measured.maxKeepAlive; keepAlive >= SHORTEST_S; keepAlive -= 1) {
    const value = costOf(measured, wishes, keepAlive);
    const isCheap = value.sharePercent <= wishes.sharePercent;
    if (value.worstS <= wishes.detectS) {
      return isCheap ? { outcome: 'both', value, cheap: undefined } : { outcome: 'too dear', value, cheap };
    }
    if (isCheap) cheap = value;
  }
  return { outcome: 'too slow', value: costOf(measured, wishes, SHORTEST_S), cheap };
}

/**
 * The sweep with the recommended one in its place.
 *
 * @param {Measurements} measured
 * @param {Wishes} wishes
 * @returns {readonly Value[]}
 */
export function sweep(measured, wishes) {
  const { value } = recommend(measured, wishes);
  const known = SWEEP.filter((keepAlive) => keepAlive < measured.maxKeepAlive);
  const all = [...new Set([...known, measured.maxKeepAlive, value.keepAlive])].sort((one, other) => one - other);
  return all.map((keepAlive) => costOf(measured, wishes, keepAlive));
}
