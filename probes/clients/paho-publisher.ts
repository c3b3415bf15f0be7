import type { Host } from '../../provisioning/hosts/host.ts';
import { type PahoClient, type PahoLimits, type PahoOptions, startPaho } from './paho-subscriber.ts';

export type PahoPublisherOptions = Omit<PahoOptions, 'will' | 'keepAlive'> & {
  /** Seconds. */
  readonly keepAlive: number;
  /** What each message begins with; its number follows. */
  readonly text: string;
};

/** A publisher in Python on a host that publishes once a second, with the paho-mqtt that is installed there. Disposing of it ends it. */
export async function startPahoPublisher(
  host: Host,
  options: PahoPublisherOptions,
  limits: PahoLimits,
): Promise<PahoClient> {
  return await startPaho(host, { step: 'publish with paho-mqtt', program: 'paho_publisher.py' }, options, limits);
}
