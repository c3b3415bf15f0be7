import { subscriptionsTo } from '../../state/messages.ts';
import type { OpenRule } from './rule.ts';

/** Every acknowledgement answers a packet, and every message from the broker has a subscription. */
export const exchangeRule: OpenRule =
  () =>
  (event, { connection, progress, request, ping }) => {
    if (event.is !== 'packet' || connection === undefined) return [];
    const { type, direction, packetId, qos = 0, topic = '', codes = [] } = event.packet;
    const found: string[] = [];
    if (progress.kind === 'stray') found.push(`${type} ${packetId ?? ''} answers no open delivery`);
    if (packetId === 0) found.push(`${type} has packet id 0`);
    if (type === 'SUBACK' || type === 'UNSUBACK') {
      if (request === undefined) found.push(`${type} ${packetId ?? ''} answers nothing`);
      else if (type === 'SUBACK' && codes.length !== request.packet.filters?.length)
        found.push(`SUBACK has ${codes.length} codes for ${request.packet.filters?.length ?? 0} filters`);
    }
    if (type === 'PINGRESP' && ping === undefined) found.push('PINGRESP answers no PINGREQ');
    if (type !== 'PUBLISH' || direction === 'sent') return found;
    if (qos > 2) found.push(`QoS ${qos} does not exist`);
    const { session, asked } = connection;
    // a retained message may come before SUBACK, one of a given up filter after UNSUBACK
    const isExplained = !session.isKnown || session.hasUnsubscribed === true || asked.size > 0;
    if (!isExplained && subscriptionsTo(connection, topic).length === 0)
      found.push(`a message came on ${topic}, which no subscription covers`);
    return found;
  };
