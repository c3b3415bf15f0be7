import test from 'ava';
import { upstreamVersion } from '../../../deployment/broker-version.ts';

/** [Debian's version; the broker's own] */
const versions: readonly (readonly [string, string | undefined])[] = [
  ['2.0.11-1.2+deb12u2', '2.0.11'],
  ['1:2.0.11-1.2', '2.0.11'],
  ['2.0.21-1+rpt1', '2.0.21'],
  ['2.1.2~rc1-1', '2.1.2'],
  ['10.20.30', '10.20.30'],
  ['2.1-1', undefined],
  ['', undefined],
];

for (const [version, expected] of versions) {
  test(`parses the version ${version}`, (t) => {
    t.is(upstreamVersion(version), expected);
  });
}
