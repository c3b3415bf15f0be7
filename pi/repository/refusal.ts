import type { AptRepository } from '../../lab-file/lab.ts';
import { MISSING } from './use-script.ts';

/** Why apt refuses a repository, with apt's own line and what to try. */
export type Refusal = { readonly happened: string; readonly advice: string };

type Reason = { readonly pattern: RegExp; readonly words: (wanted: Wanted) => string; readonly advice: string };
type Wanted = AptRepository & { readonly suite: string };

const NEW_KEY = "use the key that the repository's site shows today, and compare its fingerprint there";
const CLOCK =
  'compare the clock of the Pi (date) with the real time; if it is right, the owner of the repository must publish again';

/** The first that matches apt's output, with gpgv (Debian 12, Ubuntu) and with sqv (Debian 13). */
const REASONS: readonly Reason[] = [
  {
    pattern: /\b(EXPKEYSIG|KEYEXPIRED)\b|not live.*Expired on/,
    words: () => 'the key has expired',
    advice: NEW_KEY,
  },
  {
    pattern: /\bREVKEYSIG\b|revoked/i,
    words: () => 'its owner has revoked the key',
    advice: NEW_KEY,
  },
  {
    pattern: /\bNO_PUBKEY\b|Missing key /,
    words: ({ key }) =>
      `its signature was made with another key than ${'url' in key ? `that of ${key.url}` : 'the given one'}`,
    advice: NEW_KEY,
  },
  {
    pattern: /\bBADSIG\b|has been manipulated|Clearsigned file isn't valid/,
    words: () => 'its index was changed after it was signed',
    advice:
      'do not use it; try over another network, in case this one changes it, and report it to the owner of the repository',
  },
  {
    pattern: /Hash Sum mismatch|unexpected size/,
    words: () => 'its package list was changed after it was signed, or is being published right now',
    advice: 'try again in some minutes; if it still fails, do not use it, and report it to the owner of the repository',
  },
  {
    pattern: /^E: Release file .* is expired/m,
    words: () => 'its index is too old to be trusted (Valid-Until)',
    advice: CLOCK,
  },
  {
    pattern: /^E: Release file .* is not valid yet/m,
    words: () => 'its index is not valid yet',
    advice: CLOCK,
  },
  {
    pattern: /not considered secure|Policy rejected|weak|WEAKHASH/,
    words: () => 'its signature uses a method that is no longer secure',
    advice: 'ask the owner of the repository for a newer key',
  },
  {
    pattern: /does not have a Release file/,
    words: ({ suite }) => `there is no suite ${suite} in it`,
    advice: 'set `suite` beside `url` to one of the folder `dists` there',
  },
  {
    pattern: /certificate/i,
    words: () => 'its server has no valid certificate (TLS)',
    advice: CLOCK,
  },
  {
    pattern:
      /Could not resolve|Temporary failure resolving|Could not connect|Unable to connect|Connection (failed|timed out)|No route to host|unreachable/i,
    words: () => 'the Pi cannot reach it',
    advice: 'check the URL, and that the Pi can reach its host',
  },
  {
    pattern: /is not signed/,
    words: () => 'it is not signed',
    advice: 'the lab never uses a repository without a signature; its owner must sign it',
  },
  {
    pattern: new RegExp(MISSING),
    words: ({ suite, components }) =>
      `it has no mosquitto-clients for this Pi in ${suite}, component${components.length === 1 ? '' : 's'} ${components.join(', ')}`,
    advice: 'set `suite` and `components` to ones that have it, see the folder `dists` there',
  },
];

/** What apt's output means; undefined where the fault is not the repository's. */
export function refusalOf(output: string, wanted: Wanted): Refusal | undefined {
  const reason = REASONS.find(({ pattern }) => pattern.test(output));
  if (reason === undefined) return undefined;
  const lines = output.split('\n').filter((line) => /^[EW]: /.test(line));
  const line = lines.find((each) => reason.pattern.test(each)) ?? lines[0] ?? output.trim().split('\n').at(-1) ?? '';
  const happened = `apt refuses ${wanted.url} ${wanted.suite}: ${reason.words(wanted)}; nothing was changed\n    ${line}`;
  return { happened, advice: reason.advice };
}
