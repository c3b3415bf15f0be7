import { existsSync } from 'node:fs';
import test from 'ava';
import { DPKG, unfinishedPackages } from '../../../../provisioning/resources/dpkg.ts';
import { installedVersions, packages, packagesQuery } from '../../../../provisioning/resources/packages.ts';
import { isChange } from '../../../../provisioning/resources/resource.ts';
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
  test(`reads from dpkg ${JSON.stringify(line)}`, (t) => {
    t.is(installedVersions({ code: 0, output: `${line}\n` }).get('mosquitto'), version);
  });
}

test('installs the missing packages in one transaction', (t) => {
  const resource = packages(['a', 'b', 'c']);
  const plan = (output: string) => resource.plan(factsOf(new Map([['packages:a,b,c', output]])), []).change?.summary;
  t.is(plan('ii  a 1\nii  b 1\nii  c 1\n'), undefined);
  t.is(plan('ii  b 1\n'), 'install a, c');
  t.is(plan(''), 'install a, b, c');
});

const NEEDS = 'a (>= 1) | other:any, missing';
/** [case; dpkg's own state; the plan's changes; its summary] */
const repaired: readonly (readonly [string, string, readonly string[], string | undefined])[] = [
  ['nothing', '', [], undefined],
  [
    'a killed dpkg, all in place',
    'interrupted\n',
    ['dpkg journal (repair: interrupted)'],
    'repair an interrupted dpkg',
  ],
  [
    'what is wanted',
    `package|iU |a|no|, \npackage|iHR|b|no|, ${NEEDS}\n`,
    ['package a (repair: unpacked, not configured)', 'package b (repair: half installed)'],
    'install a, b',
  ],
  [
    'what that needs, be it essential or not',
    `package|ii |b|no|, ${NEEDS}\npackage|iF |other|no|, deep\npackage|ii |essential|yes|, \npackage|it |deep|no|, \npackage|iU |missing|no|libc, \n`,
    [
      'package other (repair: half configured)',
      'package missing (repair: unpacked, not configured)',
      'package deep (repair: has a trigger pending)',
    ],
    'repair other, missing, deep',
  ],
  ["another package's", 'package|iF |theirs|no|a, b\npackage|ii |a|no|, \npackage|rc |b-old|no|, \n', [], undefined],
];

for (const [name, dpkg, items, summary] of repaired) {
  test(`plans the repair of an interrupted dpkg: ${name}`, (t) => {
    const installed = items.some((item) => item.startsWith('package a ')) ? '' : 'ii  a 1\nii  b 1\n';
    const plan = packages(['a', 'b']).plan(
      factsOf(
        new Map([
          ['packages:a,b', installed],
          ['dpkg', dpkg],
        ]),
      ),
      [],
    );
    const changes = plan.items.filter(isChange).map(({ kind, name, detail }) => `${kind} ${name} (${detail})`);
    t.deepEqual(changes, items);
    t.is(plan.change?.summary, summary);
  });
}

test("reads this machine's own dpkg state", (t) => {
  const { code, stdout } = sh(DPKG.script);
  t.is(code, existsSync('/var/lib/dpkg') ? 0 : 2);
  t.true(unfinishedPackages({ code: 0, output: stdout }, ['dpkg']).halfDone.size <= stdout.split('\n').length);
});

test('parses the lines of its own query: every Debian has dpkg and libc6', (t) => {
  const { code, stdout } = sh(packagesQuery(['dpkg', 'no-such-package']).script);
  if (code === 127) t.pass('not a Debian');
  else t.deepEqual([...installedVersions({ code: 0, output: stdout }).keys()], ['dpkg']);
});
