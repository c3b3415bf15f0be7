import type { WireMutant } from '../mutant.ts';
import { drop } from './alter.ts';

const mutant = (name: string, what: string, alter: WireMutant['alter'], caughtBy: readonly string[]): WireMutant => ({
  kind: 'wire',
  name,
  what,
  alter,
  caughtBy,
});

/** Acknowledgements that never arrive, in each direction where their loss matters. */
export const acknowledgementMutants: readonly WireMutant[] = [
  mutant('puback.to-publisher', 'PUBACK never reaches the publisher', drop('toClient', 'puback'), [
    'qos.this-machine.q1',
  ]),
  mutant('puback.to-broker', 'PUBACK of a subscriber never reaches the broker', drop('toBroker', 'puback'), [
    'session.resend.publish-q1',
  ]),
  mutant('pubrec.to-publisher', 'PUBREC never reaches the publisher', drop('toClient', 'pubrec'), [
    'qos.this-machine.q2',
  ]),
  mutant('pubrec.to-broker', 'PUBREC of a subscriber never reaches the broker', drop('toBroker', 'pubrec'), [
    'qos.this-machine.q2',
  ]),
  mutant('pubrel.to-broker', 'PUBREL of a publisher never reaches the broker', drop('toBroker', 'pubrel'), [
    'qos.this-machine.q2',
  ]),
  mutant('pubrel.to-subscriber', 'PUBREL never reaches the subscriber', drop('toClient', 'pubrel'), [
    'qos.this-machine.q2',
  ]),
  mutant('pubcomp.to-publisher', 'PUBCOMP never reaches the publisher', drop('toClient', 'pubcomp'), [
    'qos.this-machine.q2',
  ]),
  mutant('pubcomp.to-broker', 'PUBCOMP of a subscriber never reaches the broker', drop('toBroker', 'pubcomp'), [
    'qos.exactly-once.q2',
  ]),
  mutant('pingresp', 'PINGRESP never reaches the client', drop('toClient', 'pingresp'), ['keepalive.ping']),
  mutant('pingreq', 'PINGREQ never reaches the broker', drop('toBroker', 'pingreq'), ['keepalive.ping']),
];
