import type { AptRepository } from '../../lab-file/lab.ts';
import { MISSING } from './scripts.ts';

/** Why apt does not take a repository, in words, with apt's own line and what to try. */
export type Refusal = { readonly happened: string; readonly advice: string };

type Reason = { readonly sign: RegExp; readonly words: (wanted: Wanted) => string; readonly advice: string };
type Wanted = AptRepository & { readonly suite: string };

const NEW_KEY = "take the key that the repository's own site shows today, and compare its fingerprint there";
const CLOCK = 'compare the clock of the Pi (date) with the real time; otherwise its owner has to publish it anew';

/** The first that fits: apt's words of gpgv (Debian 12, Ubuntu) and of sqv (Debian 13). */
const REASONS: readonly Reason[] = [
  {
    sign: /\b(EXPKEYSIG|KEYEXPIRED)\b|not live.*Expired on/,
    words: () => 'the key has expired',
    advice: NEW_KEY,
  },
  {
    sign: /\bREVKEYSIG\b|revoked/i,
    words: () => 'the key was revoked by its owner',
    advice: NEW_KEY,
  },
  {
    sign: /\bNO_PUBKEY\b|Missing key /,
    words: ({ key }) => `it is signed with another key than ${'url' in key ? `that of ${key.url}` : 'the given one'}`,
    advice: NEW_KEY,
  },
  {
    sign: /\bBADSIG\b|has been manipulated|Clearsigned file isn't valid/,
    words: () => 'its index is not what was signed: it was changed after that',
    advice:
      'do not use it; try over another network, since somebody in between may change it, and tell the owner of the repository',
  },
  {
    sign: /Hash Sum mismatch|unexpected size/,
    words: () => 'its package list is not what was signed: it was changed after that, or is being published right now',
    advice: 'try again in some minutes; if that stays, do not use it, and tell the owner of the repository',
  },
  {
    sign: /^E: Release file .* is expired/m,
    words: () => 'its index is too old to be trusted (Valid-Until)',
    advice: CLOCK,
  },
  {
    sign: /^E: Release file .* is not valid yet/m,
    words: () => 'its index is from the future',
    advice: CLOCK,
  },
  {
    sign: /not considered secure|Policy rejected|weak|WEAKHASH/,
    words: () => 'its signature is of a kind that is no longer secure',
    advice: 'ask the owner of the repository for a newer key',
  },
  {
    sign: /does not have a Release file/,
    words: ({ suite }) => `there is no suite ${suite} in it`,
    advice: 'name one that it has with `suite` beside `url`, see the folder `dists` there',
  },
  {
    sign: /certificate/i,
    words: () => 'its server can not prove that it is itself (TLS)',
    advice: CLOCK,
  },
  {
    sign: /Could not resolve|Temporary failure resolving|Could not connect|Unable to connect|Connection (failed|timed out)|No route to host|unreachable/i,
    words: () => 'the Pi does not reach it',
    advice: 'see that the URL is right and that the Pi has a way there',
  },
  {
    sign: /is not signed/,
    words: () => 'it is not signed',
    advice: 'a repository without a signature is never used; its owner has to sign it',
  },
  {
    sign: new RegExp(MISSING),
    words: ({ suite, components }) =>
      `it has no mosquitto-clients for this Pi in ${suite}, component${components.length === 1 ? '' : 's'} ${components.join(', ')}`,
    advice: 'name `suite` and `components` that have it, see the folder `dists` there',
  },
];

/** What apt's output means; undefined when it is nothing of the repository's. */
export function refusalOf(output: string, wanted: Wanted): Refusal | undefined {
  const reason = REASONS.find(({ sign }) => sign.test(output));
  if (reason === undefined) return undefined;
  const lines = output.split('\n').filter((line) => /^[EW]: /.test(line));
  const line = lines.find((each) => reason.sign.test(each)) ?? lines[0] ?? output.trim().split('\n').at(-1) ?? '';
  const happened = `apt refuses ${wanted.url} ${wanted.suite}: ${reason.words(wanted)}; nothing was changed\n    ${line}`;
  return { happened, advice: reason.advice };
}
