import { PORT } from './lab.ts';

/** A listener of each kind but WebSockets, users with and without certificates, and a Pi. */
export const TLS_LAB = {
  broker: {
    host: 'container',
    listeners: [
      { port: PORT },
      { port: PORT + 1, bind: 'loopback' },
      { port: PORT + 2, tls: {} },
      { port: PORT + 3, tls: { clients: 'required' } },
      { port: PORT + 4, tls: { clients: 'required', identity: 'common-name' } },
    ],
  },
  users: { sam: { password: 'sam', certificate: true }, alice: { password: 'alice' }, lock: { certificate: true } },
  topics: { status: { publish: ['sam', 'lock'], subscribe: ['alice'], lastWill: ['sam'] } },
};

/** Also over WebSockets, which Mosquitto speaks on Debian 13. */
export const WEB_SOCKETS_LAB = {
  ...TLS_LAB,
  broker: {
    ...TLS_LAB.broker,
    listeners: [
      ...TLS_LAB.broker.listeners,
      { port: PORT + 5, protocol: 'websockets' },
      { port: PORT + 6, protocol: 'websockets', tls: {} },
      { port: PORT + 7, protocol: 'websockets', tls: { clients: 'required' } },
    ],
  },
};
