export const MESSAGES = 1_000;
/** From message to message of one series, on a network where that is slow. */
const PERIOD_MS = 4;
/** Of a round trip: at QoS 2 a message is under way for two of them, so that of two series no more than ten are at a time. */
const ROUND_TRIPS = 0.4;
/** What a run that is not full has time for, in milliseconds. */
const USUAL_MS = 10_000;

/** How fast a series of messages is sent, and how many they are. */
export type Pace = { readonly periodMs: number; readonly messages: number };

/**
 * The pace for a network on which a question to the Pi takes this long, in milliseconds. What a subscriber does not acknowledge in time is queued by
 * the broker, and beyond its limits lost (mosquitto.conf(5), max_inflight_messages, max_queued_messages): a burst would measure that queue.
 */
export function paceOf(roundTripMs: number, isFull: boolean): Pace {
  const periodMs = Math.max(PERIOD_MS, Math.ceil(ROUND_TRIPS * roundTripMs));
  return { periodMs, messages: isFull ? MESSAGES : Math.min(MESSAGES, Math.floor(USUAL_MS / periodMs)) };
}
