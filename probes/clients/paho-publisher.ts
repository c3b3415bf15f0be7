import type { Host } from '../../provisioning/hosts/host.ts';
import { type PahoClient, type PahoLimits, type PahoWish, startPaho } from './paho-subscriber.ts';

export type PahoPublisherWish = Omit<PahoWish, 'will' | 'keepAlive'> & {
  /** Seconds. */
  readonly keepAlive: number;
  /** What each message begins with; its number follows. */
  readonly text: string;
};

/** A publisher in Python on a host that publishes once a second, with the paho-mqtt that is installed there. Disposing of it ends it. */
export async function startPahoPublisher(host: Host, wish: PahoPublisherWish, limits: PahoLimits): Promise<PahoClient> {
  return await startPaho(host, { step: 'publish with paho-mqtt', program: 'paho_publisher.py' }, wish, limits);
}
