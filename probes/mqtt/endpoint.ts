import type { Secret } from '../../base/secret.ts';

/** Where and how a client on this machine reaches a listener. */
export type Endpoint = {
  readonly address: string;
  readonly port: number;
  /** @default mqtt: MQTT directly over TCP or TLS */
  readonly protocol?: 'mqtt' | 'websockets';
  /** Undefined: plain. */
  readonly tls?: TlsOptions;
};

/** Certificates and key as PEM texts. */
export type TlsOptions = {
  /** The only CA that the client trusts. */
  readonly ca: string;
  /** The name that the broker's certificate must have. @default the address */
  readonly servername?: string;
  /** What the client shows of itself. */
  readonly certificate?: { readonly chain: string; readonly key: Secret };
};
