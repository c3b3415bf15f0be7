import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { type StatementName, statement, statementOfDrop } from '../../../../live/state/statements.ts';
import { PROJECT } from '../../../suite/child.ts';

/** A statement of the OASIS standards, and what it demands in our words. Each was compared with the standard's text. */
type Demand = readonly [id: string, demand: string];

/** MQTT 3.1.1, then MQTT 5. */
const DEMANDS: Readonly<Record<StatementName, readonly [Demand, Demand]>> = {
  'a refused connection is closed': [
    ['MQTT-3.2.2-5', 'after CONNACK with a code other than 0, the server closes the connection'],
    ['MQTT-3.2.2-7', 'after CONNACK with a code of 0x80 or above, the server closes the connection'],
  ],
  'a clean session has no past': [
    ['MQTT-3.2.2-1', 'Session Present is 0 for clean session 1'],
    ['MQTT-3.2.2-2', 'Session Present is 0 for clean start 1'],
  ],
  'a stored session is present': [
    ['MQTT-3.2.2-2', 'Session Present is 1 for clean session 0 where the server has a session'],
    ['MQTT-3.2.2-3', 'Session Present is 1 for clean start 0 where the server has a session, else 0'],
  ],
  'no stored session': [
    ['MQTT-3.2.2-3', 'Session Present is 0 where the server has no session'],
    ['MQTT-3.2.2-3', 'Session Present is 1 for clean start 0 where the server has a session, else 0'],
  ],
  'SUBACK has a code for each filter': [
    ['MQTT-3.8.4-5', 'SUBACK has a code for each filter: the granted QoS, or failure'],
    ['MQTT-3.8.4-6', 'SUBACK has a code for each filter'],
  ],
  'the code is the granted QoS or a failure': [
    ['MQTT-3.8.4-5', 'SUBACK has a code for each filter: the granted QoS, or failure'],
    ['MQTT-3.8.4-7', 'the code is the granted QoS, or failure'],
  ],
  'SUBACK has only codes of the standard': [
    ['MQTT-3.9.3-2', 'SUBACK has no codes but 0, 1, 2 and 0x80'],
    ['MQTT-3.9.3-2', 'SUBACK has only codes of the table'],
  ],
  'the lower QoS counts': [
    ['MQTT-3.8.4-6', 'the server may grant less; messages come at the lower of published and granted QoS'],
    ['MQTT-3.8.4-8', 'messages come at the lower of published and granted QoS'],
  ],
  'a message reaches each subscription': [
    ['MQTT-4.5.0-1', 'the server adds a message to the session of each client with a matching subscription'],
    ['MQTT-4.5.0-1', 'the server adds a message to the session of each client with a matching subscription'],
  ],
  'an acknowledgement repeats the packet id': [
    ['MQTT-2.3.1-6', 'PUBACK, PUBREC and PUBREL have the packet id of their PUBLISH'],
    ['MQTT-2.2.1-5', 'PUBACK, PUBREC, PUBREL and PUBCOMP have the packet id of their PUBLISH'],
  ],
  'PUBCOMP repeats the packet id': [
    ['MQTT-4.3.3-2', 'the receiver of QoS 2 answers PUBREL by PUBCOMP with the same packet id'],
    ['MQTT-2.2.1-5', 'PUBACK, PUBREC, PUBREL and PUBCOMP have the packet id of their PUBLISH'],
  ],
  'SUBACK repeats the packet id': [
    ['MQTT-2.3.1-7', 'SUBACK and UNSUBACK have the packet id of what they answer'],
    ['MQTT-2.2.1-6', 'SUBACK and UNSUBACK have the packet id of what they answer'],
  ],
  'a packet id is not zero': [
    ['MQTT-2.3.1-1', 'a PUBLISH above QoS 0 has a packet id, which is not 0'],
    ['MQTT-2.2.1-4', 'a new PUBLISH of the server above QoS 0 has a packet id that is not 0 and not in use'],
  ],
  'a topic matches the filter': [
    ['MQTT-3.3.2-3', 'the topic of a PUBLISH of the server matches the filter of the subscription'],
    ['MQTT-3.3.2-3', 'the topic of a PUBLISH of the server matches the filter of the subscription'],
  ],
  'a retained message is stored': [
    ['MQTT-3.3.1-5', 'the server stores a message with RETAIN for later subscribers'],
    ['MQTT-3.3.1-5', 'the server stores a message with RETAIN in place of an older one'],
  ],
  'a retained message is cleared': [
    ['MQTT-3.3.1-10', 'an empty message with RETAIN removes the retained one'],
    ['MQTT-3.3.1-6', 'an empty message with RETAIN removes the retained one'],
  ],
  'a retained message follows SUBSCRIBE': [
    ['MQTT-3.3.1-6', 'a new subscription gets the last retained message of each matching topic'],
    ['MQTT-3.3.1-9', 'with Retain Handling 0, a subscription gets the retained messages of its topics'],
  ],
  'RETAIN is 0 on an old subscription': [
    ['MQTT-3.3.1-9', 'RETAIN is 0 in what the server sends for an established subscription'],
    ['MQTT-3.3.1-12', 'without Retain As Published, RETAIN is 0 in what the server forwards'],
  ],
  'DUP marks a repetition': [
    ['MQTT-3.3.1-1', 'DUP is 1 in a PUBLISH that is sent again'],
    ['MQTT-3.3.1-1', 'DUP is 1 in a PUBLISH that is sent again'],
  ],
  'no DUP at QoS 0': [
    ['MQTT-3.3.1-2', 'DUP is 0 at QoS 0'],
    ['MQTT-3.3.1-2', 'DUP is 0 at QoS 0'],
  ],
  'messages are queued': [
    ['MQTT-3.1.2-5', 'the server stores messages above QoS 0 for the absent client of clean session 0'],
    ['MQTT-4.5.0-1', 'the server adds a message to the session of each client with a matching subscription'],
  ],
  'the client pings': [
    ['MQTT-3.1.2-23', 'a client that sends nothing else for the keep alive sends PINGREQ'],
    ['MQTT-3.1.2-20', 'a client that sends nothing else for the keep alive sends PINGREQ'],
  ],
  'the broker answers a ping': [
    ['MQTT-3.12.4-1', 'the server answers PINGREQ with PINGRESP'],
    ['MQTT-3.12.4-1', 'the server answers PINGREQ with PINGRESP'],
  ],
  'a silent client is disconnected': [
    ['MQTT-3.1.2-24', 'the server disconnects a client that was silent for 1.5 keep alives'],
    ['MQTT-3.1.2-22', 'the server disconnects a client that was silent for 1.5 keep alives'],
  ],
  'a will is published': [
    ['MQTT-3.1.2-8', 'the server publishes the will when the connection closes, unless DISCONNECT deleted it'],
    ['MQTT-3.1.2-8', 'the same after the will delay, unless DISCONNECT with 0 or a new connection deleted it'],
  ],
  'DISCONNECT removes the will': [
    ['MQTT-3.1.2-10', 'the server removes the will once it has published it or received DISCONNECT'],
    ['MQTT-3.1.2-10', 'the server removes the will once it has published it or received DISCONNECT with 0'],
  ],
  'the newer connection wins': [
    ['MQTT-3.1.4-2', 'the server disconnects the older client of a client id'],
    ['MQTT-3.1.4-3', 'the server closes the connection of the older client of a client id'],
  ],
};

/** Those that only comments and `statementOfDrop` name. */
const OTHERS: readonly Demand[] = [
  ['MQTT-3.3.5-2', '3.1.1: the server acknowledges a PUBLISH that it does not authorise, or closes the connection'],
  ['MQTT-3.1.2-6', '3.1.1: clean session 1 discards the session from before'],
  ['MQTT-3.1.2-23', '5: client and server keep the session where its expiry interval is above 0'],
  ['MQTT-3.2.2-21', '5: the client uses the keep alive of CONNACK in place of its own'],
];

test('the live view quotes the statement that demands what its words say, in each version of MQTT', (t) => {
  for (const [name, [[old], [five]]] of Object.entries(DEMANDS) as [StatementName, (typeof DEMANDS)[StatementName]][])
    t.deepEqual([statement(name, { version: 4 }), statement(name, { version: 5 })], [old, five], name);
  t.deepEqual([statementOfDrop({ version: 4 }), statementOfDrop({ version: 5 })], ['MQTT-3.3.5-2', undefined]);
});

test('the live view names no statement that was not compared with the standard', (t) => {
  const compared = new Set([...Object.values(DEMANDS).flat(), ...OTHERS].map(([id]) => id));
  const sources = readdirSync(path.join(PROJECT, 'live'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(path.join(PROJECT, 'live', name), 'utf8'));
  const named = new Set(sources.join().match(/MQTT-\d+\.\d+\.\d+-\d+/g));
  t.deepEqual(
    [...named].filter((id) => !compared.has(id)),
    [],
  );
  t.deepEqual(
    [...compared].filter((id) => !named.has(id)),
    [],
  );
});
