import { covers } from '../../base/topic.ts';
import { type Connection, clientIdOf, nameOf, userOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import { type OpenSubject, openRepeats } from './subject.ts';

/** Messages with RETAIN: kept, cleared, and sent to a new subscription. */
export const retaining: OpenSubject = ({ rights }) => {
  const isRepeat = openRepeats();
  return {
    take(event, { connection, progress }) {
      if (event.is !== 'packet' || connection === undefined || event.packet.retain !== true) return [];
      if (event.packet.type !== 'PUBLISH' || progress.kind === 'repeated') return [];
      const { topic = '', payloadBytes = 0, direction } = event.packet;
      const who = nameOf(connection);
      if (direction === 'sent') {
        const user = userOf(connection);
        if (user === undefined || !rights.mayPublish(user, topic, clientIdOf(connection))) return [];
        const isCleared = payloadBytes === 0;
        if (isRepeat(JSON.stringify([who, topic, isCleared]), event.at)) return [];
        if (!isCleared)
          return [
            {
              text: `${who} published to ${topic} with RETAIN: the broker stores the message for later subscribers.`,
              seqs: [event.seq],
              statement: statement('a retained message is stored', connection),
            },
          ];
        return [
          {
            text: `${who} published an empty message with RETAIN: the broker clears what it stored for ${topic}.`,
            seqs: [event.seq],
            statement: statement('a retained message is cleared', connection),
          },
        ];
      }
      const asked = subscribeFor(connection, topic);
      if (asked !== undefined)
        return [
          {
            text: `${who} subscribed, so the broker sent the message that it had stored for ${topic}; RETAIN marks it as old.`,
            seqs: [asked, event.seq],
            statement: statement('a retained message follows SUBSCRIBE', connection),
          },
        ];
      // MQTT 5 has the option Retain As Published; a resumed session may have asked in an earlier connection
      if (connection.version === 5 || connection.connack?.isSessionPresent !== false) return [];
      return [
        {
          text: `${topic} came to ${who} with RETAIN set, but ${who} has not subscribed to it in this connection.`,
          seqs: [event.seq],
          statement: statement('RETAIN is 0 on an old subscription', connection),
          isContradiction: true,
        },
      ];
    },
  };
};

/** The SUBSCRIBE of this connection that covers the topic; its SUBACK may still be on the way. */
function subscribeFor({ asked, session, begun }: Connection, topic: string): number | undefined {
  const open = [...asked.values()].find(({ packet }) => packet.filters?.some(({ filter }) => covers(filter, topic)));
  if (open !== undefined) return open.seq;
  const subscription = [...session.subscriptions.values()].find(
    ({ filter, seqs }) => seqs[0] > begun.seq && covers(filter, topic),
  );
  return subscription?.seqs[0];
}
