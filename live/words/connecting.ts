import { codeText } from '../../probes/mqtt/code-text.ts';
import { type Connection, nameOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import type { OpenSubject, Said } from './subject.ts';

/** CONNECT and CONNACK: accepted with or without a session, or refused. */
export const connecting: OpenSubject = () => ({
  take(event, { connection }) {
    if (event.is !== 'packet' || event.packet.type !== 'CONNACK' || connection?.connect === undefined) return [];
    const seqs = [connection.connect.seq, event.seq];
    const { code = 0, sessionPresent = false } = event.packet;
    if (code !== 0) {
      const text = `The broker refused ${nameOf(connection)}: ${codeText('CONNACK', code)}. It then closes the connection.`;
      return [{ text, seqs, statement: statement('a refused connection is closed', connection) }];
    }
    return [{ seqs, ...sessionWords(connection, sessionPresent) }];
  },
});

function sessionWords(connection: Connection, isPresent: boolean): Omit<Said, 'seqs'> {
  const clean = connection.connect?.fields.clean ?? true;
  const standard = connection.version === 5 ? 'MQTT 5' : 'MQTT 3.1.1';
  const cleanly = connection.version === 5 ? 'clean start' : 'clean session';
  const who = nameOf(connection);
  if (clean && isPresent)
    return {
      text: `${who} asked for a ${cleanly}, but the broker says that it has an old one.`,
      statement: statement('a clean session has no past', connection),
      isContradiction: true,
    };
  if (clean)
    return {
      text: `${who} connected over ${standard} with a ${cleanly}: the broker keeps nothing from before.`,
      statement: statement('a clean session has no past', connection),
    };
  if (isPresent)
    return {
      text: `${who} connected over ${standard} and found the old session: subscriptions and queued messages are still there.`,
      statement: statement('a stored session is present', connection),
    };
  const keeping = connection.connect?.keepsSession === true ? ' and asked to keep the session' : '';
  return {
    text: `${who} connected over ${standard}${keeping}; the broker had none from before, so a new session begins.`,
    statement: statement('no stored session', connection),
  };
}
