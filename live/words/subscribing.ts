import { withoutShare } from '../../base/topic.ts';
import { codeText } from '../../probes/mqtt/code-text.ts';
import { type Connection, clientIdOf, nameOf, userOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import type { Context, OpenSubject, Said } from './subject.ts';

/** SUBSCRIBE and SUBACK: granted, granted lower, refused, granted without effect. */
export const subscribing: OpenSubject = ({ rights }) => ({
  take(event, { connection, request }) {
    if (event.is !== 'packet' || connection === undefined || request === undefined) return [];
    if (event.packet.type === 'UNSUBACK')
      return unsubscribed(connection, [request.seq, event.seq], request.packet.filters);
    const { filters = [] } = request.packet;
    const { codes = [] } = event.packet;
    const seqs = [request.seq, event.seq];
    if (codes.length !== filters.length)
      return [
        {
          text: `${nameOf(connection)} asked for ${filters.length} filters, but SUBACK has ${codes.length} codes.`,
          seqs,
          statement: statement('SUBACK has a code for each filter', connection),
          isContradiction: true,
        },
      ];
    return filters.map(({ filter, qos = 0 }, index) => ({
      seqs,
      ...answerWords(connection, { filter, qos, code: codes[index] ?? 0 }, rights),
    }));
  },
});

function unsubscribed(connection: Connection, seqs: number[], filters: readonly { filter: string }[] = []): Said[] {
  const names = filters.map(({ filter }) => filter).join(', ');
  return [{ text: `${nameOf(connection)} unsubscribed from ${names}.`, seqs }];
}

type Answer = { readonly filter: string; readonly qos: number; readonly code: number };

function answerWords(connection: Connection, answer: Answer, rights: Context['rights']): Omit<Said, 'seqs'> {
  const { filter, qos, code } = answer;
  const who = nameOf(connection);
  const right = mayReceiveFilter(connection, filter, rights);
  const rule = statement('the code is the granted QoS or a failure', connection);
  if (code > 2 && code < 0x80)
    return {
      text: `The broker answered the subscription to ${filter} with code ${code}, which the standard does not know.`,
      statement: statement('SUBACK has only codes of the standard', connection),
      isContradiction: true,
    };
  if (code >= 0x80) {
    const text = `The broker refused ${who}'s subscription to ${filter}: ${codeText('SUBACK', code)}`;
    if (right !== true) return { text: `${text}.`, statement: rule };
    return { text: `${text}, although lab.yaml allows it.`, statement: rule, isContradiction: true };
  }
  if (right === false)
    return {
      text: `SUBACK grants ${who} ${filter}, but lab.yaml gives ${who} no right to read it: nothing will come. Mosquitto filters each message, not the subscription.`,
    };
  if (code < qos)
    return {
      text: `${who} asked for ${filter} at QoS ${qos}, and the broker granted only QoS ${code}.`,
      statement: statement('the lower QoS counts', connection),
    };
  return { text: `${who} subscribed to ${filter}; the broker granted QoS ${code}.`, statement: rule };
}

/** Undefined: nobody knows the user, or the filter covers several topics. */
function mayReceiveFilter(connection: Connection, filter: string, rights: Context['rights']): boolean | undefined {
  const user = userOf(connection);
  const topic = withoutShare(filter);
  if (user === undefined || /[+#]/.test(topic)) return undefined;
  return rights.mayReceive(user, topic, clientIdOf(connection));
}
