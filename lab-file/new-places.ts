import { address, piName } from './forms.ts';
import { parseSshUrl } from './ssh-url.ts';
import type { NewLab } from './template.ts';

const MOST_PIS = 20;

/** What a person may answer to "where does the broker run", for messages. */
export const BROKER_PLACES = 'local, container, ssh://[user@]host[:port] or external:ADDRESS is allowed';
/** The same for Pis. */
export const PI_PLACES = `a number of emulated Pis up to ${MOST_PIS}, or ssh://[user@]host[:port], is allowed`;

/** Where a broker is, from its text; undefined where it is none of BROKER_PLACES. */
export function brokerOf(text: string): NewLab['broker'] | undefined {
  if (text === 'local' || text === 'container') return { host: text };
  const external = /^external:(.+)$/.exec(text)?.[1];
  if (external !== undefined)
    return address.safeParse(external).success ? { host: 'external', address: external } : undefined;
  return 'wrong' in parseSshUrl(text) ? undefined : { host: text };
}

/** Pis with their names, from texts that are PI_PLACES; undefined where one is not. */
export function pisOf(texts: readonly string[]): ReadonlyMap<string, string> | undefined {
  const hosts: string[] = [];
  for (const text of texts) {
    if (/^\d+$/.test(text)) hosts.push(...Array<string>(Math.min(Number(text), MOST_PIS + 1)).fill('container'));
    else if ('wrong' in parseSshUrl(text)) return undefined;
    else hosts.push(text);
  }
  if (hosts.length > MOST_PIS) return undefined;
  const names = new Map<string, string>();
  for (const host of hosts) names.set(freeName(nameFor(host), names), host);
  return names;
}

/** The first label of a host's name; `pi` for an emulated Pi and for a host that has no such name. */
function nameFor(host: string): string {
  const target = parseSshUrl(host);
  const label = 'wrong' in target ? undefined : target.address.split('.')[0]?.toLowerCase();
  return piName.safeParse(label).data ?? 'pi';
}

function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  for (let number = 2, candidate = name; ; number += 1) {
    if (!taken.has(candidate)) return candidate;
    candidate = `${name}${number}`;
  }
}
