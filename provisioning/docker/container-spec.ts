import type { Image } from './image.ts';
import type { LabNetwork } from './network.ts';

/** What a container of the lab is made from. */
export type ContainerSpec = {
  readonly lab: string;
  /** `broker` or the Pi's name; also the container's host name. */
  readonly name: string;
  readonly login: string;
  readonly image: Image;
  readonly network: LabNetwork;
  readonly key: { readonly file: string; readonly publicKey: string };
  /** TCP ports, beside ssh's, that are published on 127.0.0.1. */
  readonly ports: readonly number[];
};
