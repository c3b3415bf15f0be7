import { openHost } from '../provisioning/hosts/open.ts';
import { gatherFacts } from '../provisioning/resources/facts.ts';
import { installedVersions, packagesQuery } from '../provisioning/resources/packages.ts';
import type { LiveLab } from './live-lab.ts';

/** Adds the version of a managed broker, which decides for example when keep alive expires; asks its host. */
export async function withVersion(live: LiveLab, signal: AbortSignal): Promise<LiveLab> {
  if (live.broker.host === undefined) return live;
  await using host = await openHost('broker', live.broker.host, signal);
  const query = packagesQuery(['mosquitto']);
  const facts = await gatherFacts(host, [query], signal, { root: false });
  const version = installedVersions(facts.get(query)).get('mosquitto');
  return { ...live, broker: { ...live.broker, version: upstreamVersion(version ?? '') } };
}

/** `1:2.0.11-1.2+deb12u2` → `2.0.11` (deb-version(7)). */
export function upstreamVersion(version: string): string | undefined {
  return /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(version)?.[1];
}
