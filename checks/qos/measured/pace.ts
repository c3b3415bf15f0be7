export const MESSAGES = 1_000;
/** The shortest period between two messages of a series. */
const PERIOD_MS = 4;
/** The shortest period in round trips. A message of QoS 2 takes two, so two series have at most ten in flight. */
const ROUND_TRIPS = 0.4;
/** How long a series may take unless the run is full. */
const USUAL_MS = 10_000;

/** How fast a series sends its messages, and how many. */
export type Pace = { readonly periodMs: number; readonly messages: number };

/**
 * The pace for the round trip to the Pi. A burst would measure the broker's queue: the broker queues what a subscriber
 * does not acknowledge in time (mosquitto.conf(5), max_inflight_messages, max_queued_messages).
 */
export function paceOf(roundTripMs: number, isFull: boolean): Pace {
  const periodMs = Math.max(PERIOD_MS, Math.ceil(ROUND_TRIPS * roundTripMs));
  return { periodMs, messages: isFull ? MESSAGES : Math.min(MESSAGES, Math.floor(USUAL_MS / periodMs)) };
}
