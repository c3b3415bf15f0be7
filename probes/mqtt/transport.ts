import { once } from 'node:events';
import { isIP, Socket } from 'node:net';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import { errorCode } from '../../base/errors.ts';
import type { Endpoint, TlsOptions } from './endpoint.ts';
import { LateStream } from './late-stream.ts';
import { explained, isClosedInHandshake } from './transport-error.ts';

/** A connection to a listener. Over plain TCP its stream is the socket itself. */
export type Transport = {
  /** The bytes of MQTT, both ways. */
  readonly stream: Duplex & Pick<Socket, 'destroySoon'>;
  readonly tcp: Socket;
  /** Whether the broker has ended the connection by RST. */
  hasReset(): boolean;
};

/**
 * Connects over TCP without Nagle's delay, and over TLS and WebSockets where the endpoint says so. Nothing is written to
 * the network before the broker's certificate is verified. A failure is the stream's error and says in words what failed.
 */
export function openTransport(endpoint: Endpoint): Transport {
  const tcp = new Socket();
  let hasReset = false;
  const watch: Watch = (layer) => {
    layer.on('error', (error) => {
      hasReset ||= isReset(error);
    });
    return layer;
  };
  tcp.setNoDelay(true);
  tcp.connect(endpoint.port, endpoint.address);
  const isPlain = endpoint.tls === undefined && endpoint.protocol !== 'websockets';
  const stream = isPlain
    ? tcp
    : new LateStream({ tcp, opened: open(tcp, endpoint, watch), explain: (error) => explained(error, endpoint) });
  return { stream, tcp, hasReset: () => hasReset || isReset(tcp.errored) };
}

/** Listens to a layer's errors, since an error without a listener ends the process (EventEmitter). */
type Watch = <Layer extends Duplex>(layer: Layer) => Layer;

async function open(tcp: Socket, endpoint: Endpoint, watch: Watch): Promise<Duplex> {
  await once(watch(tcp), 'connect');
  const bytes = endpoint.tls === undefined ? tcp : await secured(tcp, endpoint.tls, endpoint.address, watch);
  return endpoint.protocol === 'websockets' ? await webSocket(bytes, endpoint, watch) : bytes;
}

function isReset(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EPIPE' || (code === 'ECONNRESET' && !isClosedInHandshake(error));
}

/** TLS 1.2 or newer above a connected socket: of a socket that still tries addresses, TLS would keep the first one's handle. */
async function secured(socket: Socket, options: TlsOptions, address: string, watch: Watch): Promise<Duplex> {
  // loaded here, since a plain connection needs none of it
  const { checkServerIdentity, connect } = process.getBuiltinModule('node:tls');
  const { ca, certificate, servername: name = address } = options;
  const secure = connect({
    ...{ socket, ca, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    // the name that a client asks for is never an address (RFC 6066, section 3)
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_, shown) => checkServerIdentity(name, shown),
    ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.key.reveal() }),
  });
  await once(watch(secure), 'secureConnect');
  return secure;
}

/** A WebSocket with the subprotocol `mqtt`, as MQTT 3.1.1 says in section 6. */
async function webSocket(bytes: Duplex, { address, port, tls }: Endpoint, watch: Watch): Promise<Duplex> {
  // loaded here, since only this needs the package
  const { createWebSocketStream, WebSocket } = await import('ws');
  const host = isIP(address) === 6 ? `[${address}]` : address;
  const socket = new WebSocket(`${tls === undefined ? 'ws' : 'wss'}://${host}:${port}/mqtt`, 'mqtt', {
    createConnection: () => bytes,
    perMessageDeflate: false,
  });
  const stream = watch(createWebSocketStream(socket));
  await once(socket, 'open');
  return stream;
}
