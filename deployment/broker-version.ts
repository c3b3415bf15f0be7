import { ignoreFailure } from '../base/errors.ts';
import type { User } from '../lab-file/lab.ts';
import { connectRaw } from '../probes/mqtt/raw-session.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { gatherFacts } from '../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../provisioning/resources/packages.ts';
import { endpointHere } from './endpoints.ts';
import type { LiveLab } from './live-lab.ts';

/** mosquitto(8), broker status. */
const VERSION_TOPIC = '$SYS/broker/version';
const MOST_ASKED = 4;
const ASK_MS = 3_000;

/**
 * Adds the version of Mosquitto, which decides for example when keep alive expires. Asks the host of the lab's own
 * broker; of an external one it is what the lab file says, or what the broker publishes on `$SYS` where a user may read it.
 */
export async function withVersion(live: LiveLab, signal: AbortSignal): Promise<LiveLab> {
  if (live.broker.host === undefined)
    return { ...live, broker: { ...live.broker, version: await externalVersion(live) } };
  await using host = await openHost('broker', live.broker.host, signal);
  const query = packagesQuery(['mosquitto']);
  const facts = await gatherFacts(host, [query], signal, { root: false });
  const version = installedVersions(facts.get(query)).get('mosquitto');
  return { ...live, broker: { ...live.broker, version: upstreamVersion(version ?? '') } };
}

async function externalVersion({ lab, broker }: LiveLab): Promise<string | undefined> {
  const { software } = lab.broker;
  if (software !== undefined) return software.product === 'mosquitto' ? software.version : undefined;
  const asked = lab.users.slice(0, MOST_ASKED).map((user) => ignoreFailure(publishedVersion({ lab, broker }, user)));
  return (await Promise.all(asked)).find((version) => version !== undefined);
}

/** What a user reads on Mosquitto's own topic; undefined: nothing, or another broker. */
async function publishedVersion(live: Pick<LiveLab, 'lab' | 'broker'>, user: User): Promise<string | undefined> {
  const login = { user: user.name, ...(user.password && { password: user.password.reveal() }) };
  const outcome = await connectRaw({ ...endpointHere(live, user), login, keepAlive: 10, boundMs: ASK_MS });
  if (outcome.kind !== 'accepted') return undefined;
  await using session = outcome.session;
  await session.subscribe(VERSION_TOPIC, 0);
  await session.barrier();
  const published = session.packets.find(({ type, topic }) => type === 'PUBLISH' && topic === VERSION_TOPIC);
  return /^mosquitto version (\d+\.\d+\.\d+)/.exec(String(published?.payload))?.[1];
}

/** `1:2.0.11-1.2+deb12u2` → `2.0.11` (deb-version(7)). */
export function upstreamVersion(version: string): string | undefined {
  return /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(version)?.[1];
}
