import type { Connection } from './connection.ts';

/** Identifiers of the OASIS standards' statements: MQTT 3.1.1, then MQTT 5. */
const STATEMENTS = {
  'a refused connection is closed': ['MQTT-3.2.2-5', 'MQTT-3.2.2-7'],
  'a clean session has no past': ['MQTT-3.2.2-1', 'MQTT-3.2.2-2'],
  'a stored session is present': ['MQTT-3.2.2-2', 'MQTT-3.2.2-3'],
  'no stored session': ['MQTT-3.2.2-3', 'MQTT-3.2.2-3'],
  'SUBACK has a code for each filter': ['MQTT-3.8.4-5', 'MQTT-3.8.4-6'],
  'the code is the granted QoS or a failure': ['MQTT-3.8.4-5', 'MQTT-3.8.4-7'],
  'SUBACK has only codes of the standard': ['MQTT-3.9.3-2', 'MQTT-3.9.3-2'],
  'the lower QoS counts': ['MQTT-3.8.4-6', 'MQTT-3.8.4-8'],
  'a message reaches each subscription': ['MQTT-4.5.0-1', 'MQTT-4.5.0-1'],
  'an acknowledgement repeats the packet id': ['MQTT-2.3.1-6', 'MQTT-2.2.1-5'],
  // MQTT 3.1.1 has no PUBCOMP in that statement
  'PUBCOMP repeats the packet id': ['MQTT-4.3.3-2', 'MQTT-2.2.1-5'],
  'SUBACK repeats the packet id': ['MQTT-2.3.1-7', 'MQTT-2.2.1-6'],
  'a packet id is not zero': ['MQTT-2.3.1-1', 'MQTT-2.2.1-4'],
  'a topic matches the filter': ['MQTT-3.3.2-3', 'MQTT-3.3.2-3'],
  'a retained message is stored': ['MQTT-3.3.1-5', 'MQTT-3.3.1-5'],
  'a retained message is cleared': ['MQTT-3.3.1-10', 'MQTT-3.3.1-6'],
  'a retained message follows SUBSCRIBE': ['MQTT-3.3.1-6', 'MQTT-3.3.1-9'],
  'RETAIN is 0 on an old subscription': ['MQTT-3.3.1-9', 'MQTT-3.3.1-12'],
  'DUP marks a repetition': ['MQTT-3.3.1-1', 'MQTT-3.3.1-1'],
  'no DUP at QoS 0': ['MQTT-3.3.1-2', 'MQTT-3.3.1-2'],
  'messages are queued': ['MQTT-3.1.2-5', 'MQTT-4.5.0-1'],
  'the client pings': ['MQTT-3.1.2-23', 'MQTT-3.1.2-20'],
  'the broker answers a ping': ['MQTT-3.12.4-1', 'MQTT-3.12.4-1'],
  'a silent client is disconnected': ['MQTT-3.1.2-24', 'MQTT-3.1.2-22'],
  'a will is published': ['MQTT-3.1.2-8', 'MQTT-3.1.2-8'],
  'DISCONNECT removes the will': ['MQTT-3.1.2-10', 'MQTT-3.1.2-10'],
  'the newer connection wins': ['MQTT-3.1.4-2', 'MQTT-3.1.4-3'],
} as const;

export type StatementName = keyof typeof STATEMENTS;

/** The identifier in the version of MQTT that the connection speaks. */
export function statement(name: StatementName, { version }: Pick<Connection, 'version'>): string {
  return STATEMENTS[name][version === 5 ? 1 : 0];
}

/** What a broker does with a PUBLISH that it does not authorise; only 3.1.1 has a statement. */
export function statementOfDrop({ version }: Pick<Connection, 'version'>): string | undefined {
  return version === 5 ? undefined : 'MQTT-3.3.5-2';
}
