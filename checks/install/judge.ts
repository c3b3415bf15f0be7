import type { Finding } from '../harness/check.ts';

/** Beyond this, times that the Pi tells can't be set beside those of the records. */
const MOST_OFFSET_MS = 2_000;

/** Judges a list that must have just these entries, in whatever order. */
export function judgeSame(found: readonly string[], expected: readonly string[]): Finding {
  const missing = expected.filter((entry) => !found.includes(entry));
  const unexpected = found.filter((entry) => !expected.includes(entry));
  if (missing.length === 0 && unexpected.length === 0) return { verdict: 'pass', observed: found };
  const reasons = [
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...(unexpected.length === 0 ? [] : [`not of the lab file: ${unexpected.join(', ')}`]),
  ];
  return { verdict: 'fail', observed: found, reason: reasons.join('; ') };
}

/** Ports out of the local addresses of /proc/net/tcp, such as `00000000:075B`. */
export function listeningPorts(text: string): string[] {
  const ports = text.split('\n').flatMap((line) => /:([0-9A-F]{4})$/.exec(line.trim())?.[1] ?? []);
  return [...new Set(ports.map((port) => String(Number.parseInt(port, 16))))];
}

/** The rules of an ACL file with the user of their section, such as `sam: topic write status`; before any section, everybody's. */
export function rulesOf(text: string): string[] {
  let section = 'without a name';
  return text.split('\n').flatMap((line) => {
    const rule = line.trim();
    if (rule === '' || rule.startsWith('#')) return [];
    const user = /^user (.+)$/.exec(rule)?.[1];
    if (user === undefined) return [`${section}: ${rule}`];
    section = user;
    return [];
  });
}

/** What a clock told, between two times of this machine's, in milliseconds since 1970. */
export type Reading = { readonly from: number; readonly told: number; readonly to: number };

/** Judges a clock that was asked over a network: its offset is known to half the round trip. */
export function judgeClock({ from, told, to }: Reading): Finding {
  const uncertaintyMs = Math.ceil((to - from) / 2);
  const offsetMs = Math.round(told - (from + to) / 2);
  const observed = { offsetMs, uncertaintyMs };
  if (Number.isNaN(offsetMs)) return { verdict: 'fail', observed: null, reason: 'it tells no time' };
  if (Math.abs(offsetMs) <= MOST_OFFSET_MS + uncertaintyMs) return { verdict: 'pass', observed };
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(1);
  return {
    verdict: 'fail',
    observed,
    reason: `it is ${seconds} s ${offsetMs > 0 ? 'ahead' : 'behind'} (± ${uncertaintyMs} ms); sudo timedatectl set-ntp true`,
  };
}
