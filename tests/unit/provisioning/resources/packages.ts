import test from 'ava';
import { installedVersions, packages, packagesQuery } from '../../../../provisioning/resources/packages.ts';
import { factsOf } from '../../_facts.ts';
import { sh } from '../../_sh.ts';

/** [dpkg-query's line; the version that counts as installed] */
const rows: readonly (readonly [line: string, version: string | undefined])[] = [
  ['ii  mosquitto 2.0.11-1.2+deb12u2', '2.0.11-1.2+deb12u2'],
  ['hi  mosquitto 2.0.11', '2.0.11'],
  ['ii  mosquitto:amd64 2.0.11', undefined],
  ['iU  mosquitto 2.0.11', undefined],
  ['iF  mosquitto 2.0.11', undefined],
  ['rc  mosquitto 2.0.11', undefined],
  ['un  mosquitto ', undefined],
  ['iHR mosquitto 2.0.11', undefined],
  ['', undefined],
];

for (const [line, version] of rows) {
  test(`dpkg says ${JSON.stringify(line)}`, (t) => {
    t.is(installedVersions({ code: 0, output: `${line}\n` }).get('mosquitto'), version);
  });
}

test('installs what is missing, in one go', (t) => {
  const resource = packages(['a', 'b', 'c']);
  const plan = (output: string) => resource.plan(factsOf(new Map([['packages:a,b,c', output]])), []).change?.summary;
  t.is(plan('ii  a 1\nii  b 1\nii  c 1\n'), undefined);
  t.is(plan('ii  b 1\n'), 'install a, c');
  t.is(plan(''), 'install a, b, c');
});

test("the query's lines are what is parsed: dpkg and libc6 are on every Debian", (t) => {
  const { code, stdout } = sh(packagesQuery(['dpkg', 'no-such-package']).script);
  if (code === 127) t.pass('not a Debian');
  else t.deepEqual([...installedVersions({ code: 0, output: stdout }).keys()], ['dpkg']);
});
