import test from 'ava';
import { includedPackages } from '../../../../provisioning/docker/bootstrap.ts';

test('includes certificates where a source is https', (t) => {
  t.true(
    includedPackages(['deb http://a bookworm main', 'deb https://b bookworm main'], undefined).includes(
      'ca-certificates',
    ),
  );
  t.false(includedPackages(['deb http://a bookworm main'], undefined).includes('ca-certificates'));
});

test("includes the engine's own nftables in an emulated system", (t) => {
  const emulation = { architecture: 'arm64', native: 'amd64', hasSetuid: true } as const;
  t.true(includedPackages([], emulation).includes('nftables:amd64'));
  t.true(includedPackages([], undefined).includes('nftables'));
});
