import test from 'ava';
import { refusalOf } from '../../../../pi/repository/refusal.ts';
import { given } from '../../_repository.ts';

/** [apt's output, on Debian 12 and where it differs on Debian 13; words of the message] */
const refusals: readonly (readonly [output: string, words: string])[] = [
  [
    "W: GPG error: http://repo.test bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 91FFCED6245C05E6\nE: The repository 'http://repo.test bookworm InRelease' is not signed.",
    'its signature was made with another key than the given one',
  ],
  [
    "W: OpenPGP signature verification failed: http://repo.test trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key 310E66FB715740DE63A48838AC1C7DB8A51FF125, which is needed to verify signature.\nE: The repository 'http://repo.test trixie InRelease' is not signed.",
    'its signature was made with another key than the given one',
  ],
  [
    "W: GPG error: http://repo.test bookworm InRelease: The following signatures were invalid: EXPKEYSIG 29378E907B04DE7A expired <expired@lab.test>\nE: The repository 'http://repo.test bookworm InRelease' is not signed.",
    'the key has expired',
  ],
  [
    "W: OpenPGP signature verification failed: http://repo.test trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Signing key on B27058F6873E1F829F2FC53047D5ABD03D67F741 is bad:            The primary key is not live   because: Expired on 2020-12-31T00:00:00Z\nE: The repository 'http://repo.test trixie InRelease' is not signed.",
    'the key has expired',
  ],
  [
    "W: GPG error: http://repo.test bookworm InRelease: The following signatures were invalid: BADSIG 91FFCED6245C05E6 good <good@lab.test>\nE: The repository 'http://repo.test bookworm InRelease' is not signed.",
    'its index was changed after it was signed',
  ],
  [
    "W: OpenPGP signature verification failed: http://repo.test trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Verifying signature:            Message has been manipulated\nE: The repository 'http://repo.test trixie InRelease' is not signed.",
    'its index was changed after it was signed',
  ],
  [
    'E: Failed to fetch http://repo.test/dists/bookworm/main/binary-amd64/Packages  Hash Sum mismatch\n   Hashes of expected file:\nE: Some index files failed to download. They have been ignored, or old ones used instead.',
    'its package list was changed after it was signed, or is being published right now',
  ],
  [
    'E: Release file for http://repo.test/dists/bookworm/InRelease is expired (invalid since 2518d 9h 16min 22s). Updates for this repository will not be applied.',
    'its index is too old to be trusted (Valid-Until)',
  ],
  [
    'W: OpenPGP signature verification failed: http://repo.test trixie Release.gpg: Sub-process /usr/bin/sqv returned an error code (1), error message is: Signing key on 3FC3 is not bound:  Policy rejected asymmetric algorithm   because: DSA1024 is not considered secure since 2014-02-01T00:00:00Z',
    'its signature uses a method that is no longer secure',
  ],
  [
    "Err:2 http://repo.test bookworm Release\n  404  File not found [IP: 127.0.0.1 8080]\nE: The repository 'http://repo.test bookworm Release' does not have a Release file.",
    'there is no suite bookworm in it',
  ],
  [
    'W: Failed to fetch x\nE: Failed to fetch https://repo.test/dists/bookworm/InRelease  Certificate verification failed: The certificate is NOT trusted.',
    'its server has no valid certificate (TLS)',
  ],
  [
    "E: Failed to fetch http://repo.test/dists/bookworm/InRelease  Could not resolve 'repo.test'",
    'the Pi cannot reach it',
  ],
  [
    'E: Failed to fetch http://repo.test/dists/trixie/InRelease  Unable to connect to repo.test:80:',
    'the Pi cannot reach it',
  ],
  ["E: The repository 'http://repo.test bookworm Release' is not signed.", 'it is not signed'],
  [
    "W: Skipping acquire of configured file 'contrib/binary-amd64/Packages' as repository 'http://repo.test bookworm InRelease' doesn't have the component 'contrib' (component misspelt in sources.list?)\nE: no mosquitto-clients in the repository for amd64",
    'it has no mosquitto-clients for this Pi in bookworm, component main',
  ],
];
for (const [output, words] of refusals) {
  test(`apt says ${output.slice(0, 90)}…: ${words}`, (t) => {
    const refusal = refusalOf(output, { ...given, suite: 'bookworm' });
    const [first, line = ''] = refusal?.happened.split('\n') ?? [];
    t.is(first, `apt refuses ${given.url} bookworm: ${words}; nothing was changed`);
    t.true(output.split('\n').includes(line.trim()), line);
    t.regex(refusal?.advice ?? '', /\w/);
  });
}

test('says nothing about faults that are not the repository’s', (t) => {
  const full = 'E: Write error - write (28: No space left on device)';
  t.is(refusalOf(full, { ...given, suite: 'bookworm' }), undefined);
});
