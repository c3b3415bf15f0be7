/** Where a client program on a host reaches a listener. */
export type HostEndpoint = {
  readonly address: string;
  readonly port: number;
  /** Undefined: plain. */
  readonly tls?: HostTls;
};

/** Paths on that host, of PEM files. The certificate of the broker must have the address as its name. */
export type HostTls = {
  readonly ca: string;
  /** What the client shows of itself. */
  readonly certificate?: { readonly chain: string; readonly key: string };
};
