import test from 'ava';
import { failureOf, whyFailed } from '../../../provisioning/why-failed.ts';
import { scriptedHosts } from '../_scripted-hosts.ts';

const signal = new AbortController().signal;
const DAY_S = 86_400;
const inSeconds = (offset: number) => `${Math.round(Date.now() / 1000) + offset}\n`;
/** As `df -P` prints them. */
const HEAD = 'Filesystem     1024-blocks  Used Available Capacity Mounted on\n';
const ROOT = 'overlay          264212084 28717128  77673784      27% /\n';
const SHM = 'shm                  65536 65536         0     100% /dev/shm\n';
const SNAP = '/dev/loop0       65536 65536         0     100% /snap/core\n';
const INODES = 'overlay        16777216 16777210     6  100% /\n';
const FREE_INODES = 'overlay        16777216 812345 15964871    5% /\n';
const space = (named: string, blocks: string, inodes = FREE_INODES) => ({
  space: `${named}blocks\n${HEAD}${blocks}inodes\n${HEAD}${inodes}`,
});
const MOUNTS = `proc /proc proc rw,nosuid 0 0
/dev/mmcblk0p2 / ext4 ro,noatime 0 0
tmpfs /run tmpfs rw 0 0
`;

type Row = {
  /** What apt 2.6 of Debian 12, or another program, really printed. */
  readonly words: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly happened: RegExp;
  readonly advice: RegExp;
};

const NOT_YET =
  'E: Release file for http://deb.example.org/debian/dists/bookworm/InRelease is not valid yet (invalid for another 258d 11h 6min 50s). Updates for this repository will not be applied.\n';
const EXPIRED =
  'E: Release file for http://deb.example.org/debian-security/dists/bookworm-security/InRelease is expired (invalid since 394d 20h 16min 42s). Updates for this repository will not be applied.\n';
const HELD = 'E: Held packages were changed and -y was used without --allow-change-held-packages.\n';
const BROKEN = 'E: Unable to correct problems, you have held broken packages.\n';
const READ_ONLY = `W: chown to _apt:root of directory /var/lib/apt/lists/partial failed - SetupAPTPartialDirectory (30: Read-only file system)
E: The repository 'http://deb.example.org/debian bookworm Release' no longer has a Release file.
E: Unable to mkstemp /tmp/clearsigned.message.1MizUm - GetTempFile (30: Read-only file system)
`;
const NO_FOLDER = "install: cannot change permissions of '/var/lib/mqtt-lab': No such file or directory\n";
const FULL = "E: You don't have enough free space in /dev/shm/archives/.\n";
const FULL_LISTS =
  'W: Failed to fetch http://deb.example.org/debian/dists/bookworm/InRelease  Error writing to file - write (28: No space left on device) [IP: 203.0.113.80 80]\n';
const NO_NAME =
  "W: Failed to fetch http://no-such-host.invalid/debian/dists/bookworm/InRelease  Could not resolve 'no-such-host.invalid'\n";
const NO_NAME_13 =
  "W: Failed to fetch http://deb.example.org/debian/dists/trixie/InRelease  Temporary failure resolving 'deb.example.org'\n";
const REFUSED =
  'W: Failed to fetch http://127.0.0.1:9/debian/dists/bookworm/InRelease  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)\n';
const NO_SUITE =
  "E: The repository 'http://deb.example.org/debian bookworm-nosuch Release' does not have a Release file.\n";
const NOT_FOUND =
  'E: Failed to fetch http://deb.example.org/debian/pool/main/m/mosquitto/mosquitto_2.0.11-1_amd64.deb  404  Not Found [IP: 203.0.113.80 80]\n';
const SOURCES = '/etc/apt/sources.list.d/dead.list:3\n';

const rows: Readonly<Record<string, Row>> = {
  'a clock that is behind': {
    words: NOT_YET,
    facts: { clock: inSeconds(-400 * DAY_S) },
    happened:
      /the clock of pi is 400 days behind: \d{4}-.*Z there, \d{4}-.*Z here.*\n {4}E: Release file .* not valid yet/,
    advice: /timedatectl set-ntp true.*sudo date -s '\d{4}-\d\d-\d\dT/,
  },
  'a clock that is ahead': {
    words: EXPIRED,
    facts: { clock: inSeconds(3 * 3_600) },
    happened: /the clock of pi is 3 hours ahead/,
    advice: /timedatectl/,
  },
  'a held package': {
    words: HELD,
    facts: { held: 'mosquitto\n' },
    happened: /held \(apt-mark hold\): mosquitto\n {4}E: Held packages/,
    advice: /sudo apt-mark unhold mosquitto$/,
  },
  'held packages that others depend on': {
    words: BROKEN,
    facts: { held: 'libmosquitto1\nlibcjson1\n' },
    happened: /held .*: libmosquitto1, libcjson1/,
    advice: /unhold libmosquitto1 libcjson1$/,
  },
  'a read-only root': {
    words: READ_ONLY,
    facts: { mounts: MOUNTS, sources: SOURCES },
    happened: /file system \/ .*read-only \(\/dev\/mmcblk0p2\)\n {4}.*Read-only file system/,
    advice: /mount -o remount,rw \/ .*SD card/,
  },
  'a read-only root that makes a folder impossible': {
    words: NO_FOLDER,
    facts: { mounts: MOUNTS },
    happened: /read-only/,
    advice: /remount/,
  },
  'a full disk, by the path that apt names': {
    words: FULL,
    facts: space(HEAD + SHM, ROOT + SHM),
    happened: /the disk is full: \/dev\/shm \(shm\) has 0 MB of 64 MB free\n {4}E: You don't have enough free space/,
    advice: /apt-get clean.*du -xh \/dev\/shm/,
  },
  'a full disk for the package lists': {
    words: FULL_LISTS,
    facts: { ...space('', SNAP + ROOT + SHM), sources: SOURCES },
    happened: /the disk is full: \/dev\/shm/,
    advice: /free space/,
  },
  'a disk without inodes': {
    words: 'cp: cannot create regular file: No space left on device\n',
    facts: space('', ROOT, INODES),
    happened: /the disk is full: \/ \(overlay\) has 6 of 16777216 inodes free/,
    advice: /free space/,
  },
  'a source whose name does not resolve': {
    words: NO_NAME,
    facts: { sources: SOURCES },
    happened: /pi cannot resolve no-such-host\.invalid\n {4}W: Failed/,
    advice: /getent hosts no-such-host\.invalid.*resolv\.conf.*\/etc\/apt\/sources\.list\.d\/dead\.list:3/,
  },
  'no name server': {
    words: NO_NAME_13,
    facts: { sources: '' },
    happened: /pi cannot resolve deb\.example\.org/,
    advice: /resolv\.conf/,
  },
  'a source out of reach': {
    words: REFUSED,
    facts: { sources: SOURCES },
    happened: /pi does not reach 127\.0\.0\.1:9, a source of apt\n {4}W: Failed to fetch/,
    advice: /check the network.*dead\.list:3/,
  },
  'a source without the suite': {
    words: NO_SUITE,
    facts: { sources: SOURCES },
    happened: /deb\.example\.org, a source of apt, does not have what apt asks for\n {4}E: The repository/,
    advice: /^correct or remove its source \(\/etc\/apt\/sources\.list\.d\/dead\.list:3\)/,
  },
  'a package that its source no longer has': {
    words: NOT_FOUND,
    facts: { sources: SOURCES },
    happened: /does not have what apt asks for\n {4}.*404/,
    advice: /correct or remove/,
  },
};

async function why(words: string, facts: Readonly<Record<string, string>>) {
  const host = await scriptedHosts({ local: { facts } }).open('pi', { kind: 'local' });
  return await whyFailed(host, { code: 100, stdout: 'Reading package lists...\n', stderr: words }, signal);
}

for (const [name, { words, facts, happened, advice }] of Object.entries(rows)) {
  test(`names the cause and what to do: ${name}`, async (t) => {
    const explained = await why(words, facts);
    t.regex(explained?.happened ?? '', happened);
    t.regex(explained?.advice ?? '', advice);
  });
}

test('names no cause that the facts speak against', async (t) => {
  t.is(await why(NOT_YET, { clock: inSeconds(0) }), undefined);
  t.is(await why(FULL_LISTS, space('', SNAP + ROOT)), undefined);
  t.is(await why(BROKEN, { held: '' }), undefined);
  t.is(await why(NO_FOLDER, { mounts: MOUNTS.replace('ro,', 'rw,') }), undefined);
});

test('names no cause for other words', async (t) => {
  t.is(await why('E: Sub-process /usr/bin/dpkg returned an error code (1)\n', {}), undefined);
});

test('the error of a step has the cause, or the end of the output and the advice of the step', async (t) => {
  const host = await scriptedHosts({ local: { facts: { held: 'mosquitto\n' } } }).open('pi', { kind: 'local' });
  const failed = (stderr: string) =>
    failureOf(host, { step: 'install mosquitto', advice: 'look', signal }, { code: 100, stdout: '', stderr });
  const known = await failed(HELD);
  t.regex(known.message, /^pi: install mosquitto: apt must not change packages .*\n.*\n {2}try: .*unhold mosquitto$/);
  t.is(known.exitCode, 1);
  const unknown = await failed('E: broken\n');
  t.is(unknown.message, 'pi: install mosquitto: exit code 100\n    E: broken\n  try: look');
});
