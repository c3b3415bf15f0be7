import { once } from 'node:events';
import process from 'node:process';
import test from 'ava';
import { includedPackages, start } from '../../../../provisioning/docker/bootstrap.ts';
import { programsFor } from '../../_sh.ts';

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

test.serial('ends what waits before mmdebstrap has begun', async (t) => {
  const { PATH } = process.env;
  // as sudo does that waits for a directory service
  const path = programsFor(t, { sudo: 'exec sleep 20', setsid: 'exec sleep 20' });
  t.teardown(() => Object.assign(process.env, { PATH }));
  process.env.PATH = `${path}:${PATH}`;
  const ignore = () => undefined;
  const { child, end } = start([], { step: ignore, detail: ignore, changed: ignore });
  const exit = once(child, 'exit');
  await end('TERM');
  t.deepEqual(await exit, [null, 'SIGTERM']);
});
