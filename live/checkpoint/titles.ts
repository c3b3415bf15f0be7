import { LONG, SHORT } from './keep-alive.ts';

/** Of each step, by the number of its question. */
export const TITLES: Readonly<Record<string, string>> = {
  '1.3': 'A test message reaches the client on the Pi',
  '2.1': 'Only authorised users publish and subscribe',
  '2.2a': 'Publish and subscribe at QoS 0, 1 and 2',
  '2.2b': 'The control packets',
  '2.2c': 'Packet size and latency',
  '2.2d': 'Published QoS above the subscriber’s',
  '2.3a': `Keep alive of ${SHORT} and ${LONG} seconds`,
  '2.3b': 'Network use of both keep alives',
  '2.3c': 'The ideal keep alive of a smart lock',
  '2.4a': 'A last will of publisher and subscriber',
  '2.4b': 'The program is closed',
  '2.4c': 'Closed by DISCONNECT against a network outage',
};
