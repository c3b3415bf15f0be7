import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { parseOsRelease } from '../../../../base/os-release.ts';
import { NO_FACTS } from '../../../../provisioning/resources/resource.ts';
import { SYSTEM, system, systemOf } from '../../../../provisioning/resources/system.ts';
import { factsOf } from '../../_facts.ts';
import { folderFor, sh } from '../../_sh.ts';

const debian = (version: string, codename: string) => `PRETTY_NAME="Debian GNU/Linux ${version} (${codename})"
NAME="Debian GNU/Linux"
VERSION_ID="${version}"
VERSION="${version} (${codename})"
VERSION_CODENAME=${codename}
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;
const raspbian = (version: string, codename: string) => `PRETTY_NAME="Raspbian GNU/Linux ${version} (${codename})"
NAME="Raspbian GNU/Linux"
VERSION_ID="${version}"
VERSION="${version} (${codename})"
VERSION_CODENAME=${codename}
ID=raspbian
ID_LIKE=debian
HOME_URL="http://www.raspbian.org/"
`;
const ubuntu = (version: string, full: string, codename: string) => `PRETTY_NAME="Ubuntu ${full}"
NAME="Ubuntu"
VERSION_ID="${version}"
VERSION="${full} (${codename})"
VERSION_CODENAME=${codename.split(' ')[0]?.toLowerCase()}
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
UBUNTU_CODENAME=${codename.split(' ')[0]?.toLowerCase()}
LOGO=ubuntu-logo
`;
// its order is another one, and NAME comes before PRETTY_NAME
const FOCAL = `NAME="Ubuntu"
VERSION="20.04.6 LTS (Focal Fossa)"
ID=ubuntu
ID_LIKE=debian
PRETTY_NAME="Ubuntu 20.04.6 LTS"
VERSION_ID="20.04"
`;
const SID = `PRETTY_NAME="Debian GNU/Linux forky/sid"
NAME="Debian GNU/Linux"
VERSION_CODENAME=forky
ID=debian
`;
const MINT = `NAME="Linux Mint"
VERSION="22 (Wilma)"
ID=linuxmint
ID_LIKE="ubuntu debian"
PRETTY_NAME="Linux Mint 22"
VERSION_ID="22"
UBUNTU_CODENAME=noble
`;
const FEDORA = `NAME="Fedora Linux"
VERSION="40 (Server Edition)"
ID=fedora
VERSION_ID=40
VERSION_CODENAME=""
PLATFORM_ID="platform:f40"
PRETTY_NAME="Fedora Linux 40 (Server Edition)"
ANSI_COLOR="0;38;2;60;110;180"
`;
const ALPINE = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"
HOME_URL="https://alpinelinux.org/"
`;
const ARCH = `NAME="Arch Linux"
PRETTY_NAME="Arch Linux"
ID=arch
BUILD_ID=rolling
ANSI_COLOR="38;2;23;147;209"
`;

const DPKG = 'dpkg arm64\nmachine aarch64\napt /usr/bin/apt-get\n';
const NEITHER = 'dpkg \nmachine x86_64\napt \n';

/** [the host's answer; the plan's detail] */
const accepted: readonly (readonly [output: string, detail: string])[] = [
  [`${DPKG}${debian('12', 'bookworm')}`, 'Debian GNU/Linux 12 (bookworm), arm64'],
  [`${DPKG}${debian('13', 'trixie')}`, 'Debian GNU/Linux 13 (trixie), arm64'],
  [`${DPKG}${raspbian('12', 'bookworm')}`, 'Raspbian GNU/Linux 12 (bookworm), arm64'],
  [`${DPKG}${raspbian('13', 'trixie')}`, 'Raspbian GNU/Linux 13 (trixie), arm64'],
  [`${DPKG}${ubuntu('22.04', '22.04.5 LTS', 'Jammy Jellyfish')}`, 'Ubuntu 22.04.5 LTS, arm64'],
  [`${DPKG}${ubuntu('24.04', '24.04.1 LTS', 'Noble Numbat')}`, 'Ubuntu 24.04.1 LTS, arm64'],
  [`${DPKG}${ubuntu('26.04', '26.04 LTS', 'Resolute Raccoon')}`, 'Ubuntu 26.04 LTS, arm64'],
  [`${DPKG}ID='debian'\r\nVERSION_ID='12'\r\n`, 'debian 12, arm64'],
];

/** [the host's answer; the error] */
const refused: readonly (readonly [output: string, happened: string])[] = [
  [`${DPKG}${debian('11', 'bullseye')}`, 'Debian GNU/Linux 11 (bullseye) (ID debian, VERSION_ID 11'],
  [`${DPKG}${SID}`, 'Debian GNU/Linux forky/sid (ID debian, VERSION_ID none'],
  [`${DPKG}${FOCAL}`, 'Ubuntu 20.04.6 LTS (ID ubuntu, VERSION_ID 20.04'],
  [`${DPKG}${MINT}`, 'Linux Mint 22 (ID linuxmint, VERSION_ID 22'],
  [`${NEITHER}${FEDORA}`, 'Fedora Linux 40 (Server Edition) without dpkg and apt-get (ID fedora, VERSION_ID 40'],
  [`${NEITHER}${ALPINE}`, 'Alpine Linux v3.20 without dpkg and apt-get (ID alpine, VERSION_ID 3.20.3'],
  [`${NEITHER}${ARCH}`, 'Arch Linux without dpkg and apt-get (ID arch, VERSION_ID none'],
  [`${NEITHER}${debian('12', 'bookworm')}`, 'Debian GNU/Linux 12 (bookworm) without dpkg and apt-get (ID debian'],
  [`${DPKG.replace('/usr/bin/apt-get', '')}${debian('12', 'bookworm')}`, '12 (bookworm) without apt-get (ID debian'],
  [NEITHER, 'an unknown system without dpkg and apt-get (ID none, VERSION_ID none'],
];

const planned = (output: string, container: Parameters<typeof system>[1] = 'no other way') =>
  system('hall', container).plan(factsOf(new Map([['system', output]])), []);

for (const [output, detail] of accepted) {
  test(`accepts ${detail}`, (t) => {
    t.deepEqual(planned(output), { items: [{ action: 'unchanged', kind: 'check', name: 'system', detail }] });
  });
}

for (const [output, happened] of refused) {
  test(`refuses: ${happened}`, (t) => {
    const error = t.throws(() => planned(output), { instanceOf: LabError });
    t.is(error?.exitCode, 2);
    t.is(error?.trouble.subject, 'hall');
    t.true(error?.trouble.happened.includes(happened), error?.message);
    t.regex(
      error?.message ?? '',
      /try: use a host with Debian 12 or 13, Raspberry Pi OS .*, or Ubuntu 22\.04 or later/,
    );
  });
}

test('suggests a container for a broker, not for a Pi', (t) => {
  const output = `${NEITHER}${FEDORA}`;
  const advice = (container: Parameters<typeof system>[1]) =>
    t.throws(() => planned(output, container), { instanceOf: LabError })?.trouble.advice ?? '';
  t.regex(advice('may be a container'), /`broker: \{ host: container \}`/);
  t.notRegex(advice('no other way'), /container/);
});

test('accepts a host that does not exist yet', (t) => {
  t.deepEqual(system('hall', 'no other way').plan(NO_FACTS, []).items, [
    { action: 'unchanged', kind: 'check', name: 'system' },
  ]);
});

test('reads os-release without running it, as one line of limited length', (t) => {
  const folder = folderFor(t);
  const mark = join(folder, 'was-run');
  const hostile = [
    `ID=debian; touch ${mark}`,
    `VERSION_ID="$(touch ${mark})"`,
    `PRETTY_NAME="\u001b[2J\`touch ${mark}\` ${'x'.repeat(500)}"`,
    'dpkg amd64',
    'apt /usr/bin/apt-get',
    `touch ${mark}`,
  ].join('\n');
  // the real script, with the file in the place of this machine's
  const script = SYSTEM.script.replaceAll('/etc/os-release', join(folder, 'os-release'));
  sh(`cat >${join(folder, 'os-release')} <<'END'\n${hostile}\nEND`);
  const { code, stdout } = sh(script);
  t.is(code, 0);
  t.false(existsSync(mark));
  const found = systemOf({ code: 0, output: stdout });
  t.is(found?.id, `debian; touch ${mark}`);
  t.true((found?.name.length ?? 0) <= 80 && found?.name.startsWith('\u001b[2J`touch'));
  t.is(t.throws(() => planned(stdout), { instanceOf: LabError })?.message.split('\n').length, 2);
  t.false(existsSync(mark));
});

test('unquotes the values of os-release as a shell does', (t) => {
  const text = `A="one \\"two\\" \\$three \\\\"\nB='\\"'\nC=plain\nC="again"\n# D=1\nexport E=1\nf=1\nG="half\nH=`;
  t.deepEqual(
    [...parseOsRelease(text)],
    [
      ['A', 'one "two" $three \\'],
      ['B', '\\"'],
      ['C', 'again'],
      ['G', '"half'],
      ['H', ''],
    ],
  );
});
