import type { Host } from '../../provisioning/hosts/host.ts';
import { type PahoClient, type PahoLimits, type PahoOptions, startPaho } from './paho-subscriber.ts';

export type PahoPublisherOptions = Omit<PahoOptions, 'will' | 'keepAlive'> & {
  /** Seconds. */
  readonly keepAlive: number;
  /** Start of each message; its number follows. */
  readonly text: string;
};

/** Starts a publisher in Python on a host, with the paho-mqtt there; it publishes once a second. Disposing of it ends it. */
export async function startPahoPublisher(
  host: Host,
  options: PahoPublisherOptions,
  limits: PahoLimits,
): Promise<PahoClient> {
  return await startPaho(host, { step: 'publish with paho-mqtt', program: 'paho_publisher.py' }, options, limits);
}
