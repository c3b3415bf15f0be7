import test from 'ava';
import { NOTHING, nothingChanged, type Refused, repositoryLab, UP } from '../lab/support/repository-lab.ts';
import { COMPANION, LIBRARY, VERSION } from '../lab/support/signed-repository.ts';

const lab = repositoryLab('repository');
const { theLab, pi, repository, options, want, ownFiles, fetchedLists, version } = lab;

const refused: readonly Refused[] = [
  [
    'a wrong key',
    () => options('sound', { key: 'other.asc' }),
    /its signature was made with another key than the given one; nothing was changed\n {4}W: .*(NO_PUBKEY|Missing key) [0-9A-F]+/,
  ],
  [
    'a package list that was changed',
    () => options('tampered'),
    /its package list was changed after it was signed.*\n {4}E: .*Hash Sum mismatch/,
  ],
  [
    'an unknown suite',
    () => options('sound', { suite: 'jessie' }),
    /there is no suite jessie in it; nothing was changed\n {4}E: .*does not have a Release file/,
  ],
];
lab.refuses(refused);

test.serial('a file that is no key is a mistake of the lab file, and nothing is touched', async (t) => {
  await want(options('sound', { key: 'tls.crt' }));
  const up = await theLab().run(UP);
  t.is(up.code, 2, up.all);
  t.regex(up.stderr, /lab\.yaml:\d+:\d+: pis\.pi\.repository\.key is not a key; an OpenPGP public key is allowed/);
});

test.serial(
  'with the right key, the clients come from the repository, all else from Debian, and no broker is installed',
  async (t) => {
    await want(options('sound', { key: 'sound.gpg' }));
    const plan = await theLab().run(['plan', '--only', 'pi']);
    t.regex(plan.stdout, /^ {2}\+ file \/etc\/apt\/keyrings\/mqtt-lab-[0-9a-f]{16}\.asc/m);
    t.regex(
      plan.stdout,
      /^ {2}\+ file \/etc\/apt\/sources\.list\.d\/mqtt-lab\.sources.*\n(?: {6}.*\n)* {6}\+Suites: bookworm$/m,
    );
    t.regex(plan.stdout, /^ {2}\+ repository http:.* bookworm$/m);
    t.regex(
      plan.stdout,
      /^ {2}\? package mosquitto-clients \(2\.0\.11.*; the repository's version is not known yet\)$/m,
    );
    t.is(await ownFiles(), NOTHING);
    const up = await theLab().run(UP);
    t.is(up.code, 0, up.all);
    t.is(await version('mosquitto-clients'), VERSION);
    t.is(await version(COMPANION), VERSION);
    t.regex(await version('python3-paho-mqtt'), /^1\.6/);
    t.is(await version('mosquitto'), '');
    t.regex(await ownFiles(), /^(root root 644 \/etc\/apt\/\S+\n){3}$/);
    t.is(await pi().shell('apt-get update 2>&1 | grep "^[EW]:" || true'), '');
  },
);

test.serial('a second up changes nothing and sends the repository no request', async (t) => {
  const written = "find /etc/apt /var/cache/apt /var/lib/apt /var/lib/dpkg -printf '%p %T@ %C@\\n' | sort";
  const before = repository().requests.length;
  const files = await pi().shell(written);
  const plan = await theLab().run(['plan', '--only', 'pi']);
  t.regex(plan.stdout, /^ {2}= repository http:.* bookworm \(mosquitto-clients 99\.0-1\)$/m);
  nothingChanged(t, await theLab().run(UP));
  t.is(await pi().shell(written), files);
  t.is(repository().requests.length, before);
});

test.serial('a refused source does not replace a working one', async (t) => {
  const before = await ownFiles();
  await want(options('tampered'));
  t.is((await theLab().run(UP)).code, 1);
  t.is(await ownFiles(), before);
});

test.serial('plan names a changed key, source or version, and up repairs it', async (t) => {
  await want(options('sound'));
  t.is((await theLab().run(UP)).code, 0);
  await pi().shell(`echo >>$(ls /etc/apt/keyrings/mqtt-lab-*)
chmod 666 /etc/apt/preferences.d/mqtt-lab
dpkg --install /srv/work/*_2*.deb >/dev/null 2>&1`);
  const plan = await theLab().run(['plan', '--only', 'pi']);
  t.regex(plan.stdout, /^ {2}~ file \/etc\/apt\/keyrings\/mqtt-lab-\w+\.asc \(content, owner or mode\)$/m);
  t.regex(plan.stdout, /^ {2}~ file \/etc\/apt\/preferences\.d\/mqtt-lab \(mode\)$/m);
  t.regex(plan.stdout, /^ {2}~ package mosquitto-clients \(2\.0\.11\S* → 99\.0-1 of http:.*\)$/m);
  const up = await theLab().run(UP);
  t.is(up.code, 0, up.all);
  t.is(await version('mosquitto-clients'), VERSION);
});

test.serial('back to debian: up removes source and key, and installs Debian’s clients', async (t) => {
  await want('debian');
  const plan = await theLab().run(['plan', '--only', 'pi']);
  t.regex(plan.stdout, /^ {2}- file \/etc\/apt\/sources\.list\.d\/mqtt-lab\.sources$/m);
  t.regex(plan.stdout, /^ {2}- file \/etc\/apt\/keyrings\/mqtt-lab-\w+\.asc$/m);
  t.regex(plan.stdout, /^ {2}~ package mosquitto-clients \(the version of the Pi's other sources\)$/m);
  const up = await theLab().run(UP);
  t.is(up.code, 0, up.all);
  t.is(await ownFiles(), NOTHING);
  t.regex(await version('mosquitto-clients'), /^2\.0\.11/);
  t.is(await version(COMPANION), '');
  t.is(await version(LIBRARY), await version('mosquitto-clients'));
  t.is(await pi().shell(`apt-mark showmanual ${LIBRARY}`), '');
  t.is(await fetchedLists(), '');
  nothingChanged(t, await theLab().run(UP));
});
