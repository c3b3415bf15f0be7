import { type Connection, clientIdOf, isTalking, userOf, wasCutSince } from '../state/connection.ts';
import { subscriptionsTo } from '../state/messages.ts';
import type { State } from '../state/state.ts';
import type { Context } from './subject.ts';

/** The newest connection of the other side. */
export function otherConnection(state: State, { side }: Connection): Connection | undefined {
  return state.connection(side === 'publisher' ? 'subscriber' : 'publisher');
}

/**
 * The other side, where it would have received a message on the topic at any time since `at`: connected, cable plugged in,
 * subscribed, allowed. Otherwise a message that did not come says nothing about the broker.
 */
export function observerSince(
  { state, rights }: Context,
  of: Connection,
  { topic, at }: { readonly topic: string; readonly at: number },
): Connection | undefined {
  const observer = otherConnection(state, of);
  const user = observer && userOf(observer);
  if (observer === undefined || user === undefined || !isTalking(observer) || wasCutSince(observer, at))
    return undefined;
  if ((observer.connack?.at ?? at) >= at || !rights.mayReceive(user, topic, clientIdOf(observer))) return undefined;
  const isSubscribed = subscriptionsTo(observer, topic).some((one) => one.at < at && !one.filter.startsWith('$share/'));
  return isSubscribed ? observer : undefined;
}
