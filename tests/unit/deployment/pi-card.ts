import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { LabError } from '../../../base/errors.ts';
import { hostNameOf, makeCard } from '../../../deployment/pi-card.ts';
import { cardFile } from '../../../lab-file/card-file.ts';
import type { Lab, Pi } from '../../../lab-file/lab.ts';
import { readLab } from '../../../lab-file/read.ts';
import { ed25519Pair } from '../../../provisioning/hosts/ed25519.ts';
import { folderFor } from '../_sh.ts';

/** A lab with one Pi in a folder of its own, and a home folder for this process until the test ends. */
function labWith(t: ExecutionContext, pi: string): { lab: () => { lab: Lab; pi: Pi }; home: string } {
  const directory = folderFor(t);
  const home = folderFor(t);
  mkdirSync(join(home, '.ssh'));
  const before = { HOME: process.env.HOME, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK, TZ: process.env.TZ };
  Object.assign(process.env, { HOME: home, SSH_AUTH_SOCK: '', TZ: 'Asia/Kolkata' });
  t.teardown(() => {
    Object.assign(process.env, before);
  });
  const file = join(directory, 'lab.yaml');
  writeFileSync(file, `name: two\nusers: { sam: { password: sam } }\npis: { hall: ${pi} }\n`);
  const lab = () => {
    const environment = { WIFI: 'correct horse', SUDO: 'battery staple' };
    const read = readLab(file, { environment, interfaces: {}, logsIn: false, cardOf: 'hall' });
    const [first] = read.pis;
    if (first === undefined) throw new Error('no Pi');
    return { lab: read, pi: first };
  };
  return { lab, home };
}

const dataOf = (folder: string) => parse(readFileSync(join(folder, 'user-data'), 'utf8'));

test.serial('pins the host key that the card holds, and later logs in with the key of the lab', async (t) => {
  const { lab, home } = labWith(t, '{ host: "ssh://pi@kitchen.local" }');
  const own = ed25519Pair();
  writeFileSync(join(home, '.ssh/id_ed25519'), own.private, { mode: 0o600 });
  const first = lab();
  t.false('cardKey' in first.pi.host);
  const card = await makeCard(first.lab, first.pi, undefined);
  t.deepEqual([card.user, card.hostName, card.folder], ['pi', 'kitchen', join(first.lab.directory, '.lab/image-hall')]);
  const { ssh_keys: keys, users, timezone } = dataOf(card.folder);
  t.is(timezone, 'Asia/Kolkata');
  t.is(card.pinnedIn, join(home, '.ssh/known_hosts'));
  t.is(readFileSync(join(home, '.ssh/known_hosts'), 'utf8'), `kitchen.local ${keys.ed25519_public}\n`);
  t.is(readFileSync(cardFile(first.lab, 'hall', 'host'), 'utf8'), keys.ed25519_private);
  const [lab1, user1, ...others] = users[0].ssh_authorized_keys;
  t.regex(lab1, /^ssh-ed25519 /);
  t.deepEqual([user1, others], [own.public.split(' ').slice(0, 2).join(' '), []]);
  t.true(existsSync(cardFile(first.lab, 'hall', 'unreached')));
  const { host } = lab().pi;
  t.is(host.kind === 'ssh' ? host.cardKey : '', cardFile(first.lab, 'hall', 'login'));
});

test.serial('a second card has the same keys, and pins nothing again', async (t) => {
  const { lab, home } = labWith(t, '{ host: "ssh://pi@kitchen.local" }');
  const { folder } = await makeCard(lab().lab, lab().pi, undefined);
  const before = [dataOf(folder), readFileSync(join(home, '.ssh/known_hosts'), 'utf8')];
  const again = await makeCard(lab().lab, lab().pi, undefined);
  t.is(again.pinnedIn, undefined);
  t.deepEqual([dataOf(folder), readFileSync(join(home, '.ssh/known_hosts'), 'utf8')], before);
});

test.serial('holds no password, neither of sudo nor of the Wi-Fi', async (t) => {
  const wifi = 'wifi: { ssid: Home, password: { env: WIFI }, country: SE }';
  const { lab } = labWith(t, `{ host: "ssh://nora@10.0.0.7", password: { env: SUDO }, ${wifi} }`);
  const folder = folderFor(t);
  const card = await makeCard(lab().lab, lab().pi, folder);
  t.deepEqual([card.user, card.hostName], ['nora', 'hall']);
  const all = ['user-data', 'network-config', 'meta-data'].map((name) => readFileSync(join(folder, name), 'utf8'));
  t.regex(all.join(''), /hashed_passwd: \$6\$/);
  t.notRegex(all.join(''), /horse|staple/);
});

const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPHVfYsRmUCbTJ0DR3pRDF3Zh6vXMPTPkQCmOEPAx3j';

/** [the Pi in the lab file; the known_hosts file; why there is no card, and what to do] */
const refused: readonly (readonly [pi: string, known: string, reason: RegExp])[] = [
  ['{ host: container }', '', /an emulated Pi has no card/],
  ['{ host: "ssh://root@kitchen.local" }', '', /root's login off.*\n {2}try: .*ssh:\/\/pi@kitchen\.local/],
  ['{ host: "ssh://kitchen.local" }', '', /ssh would log in as .*\n {2}try: .*ssh:\/\/pi@kitchen\.local/],
  ['{ host: "ssh://pi@kitchen.local" }', `kitchen.local ${OTHER_KEY}\n`, /another key .*\n {2}try: ssh-keygen -R/],
  [`{ host: "ssh://pi@kitchen.local", hostKey: ${OTHER_KEY} }`, '', /`hostKey` .*\n {2}try: set it to "ssh-ed25519 /],
];

for (const [pi, known, reason] of refused) {
  test.serial(`refuses ${pi} ${known.slice(0, 13)}`, async (t) => {
    const { lab, home } = labWith(t, pi);
    if (known !== '') writeFileSync(join(home, '.ssh/known_hosts'), known);
    const folder = folderFor(t);
    const error = await t.throwsAsync(makeCard(lab().lab, lab().pi, folder), { instanceOf: LabError });
    t.regex(error?.message ?? '', reason);
    t.is(error?.exitCode, 2);
    t.false(existsSync(join(folder, 'user-data')));
    t.false(existsSync(cardFile(lab().lab, 'hall', 'login')));
  });
}

test.serial('names each known_hosts file that has another key', async (t) => {
  const { lab, home } = labWith(t, '{ host: "ssh://pi@kitchen.local" }');
  writeFileSync(join(home, '.ssh/known_hosts'), `attic.local ${OTHER_KEY}\n`);
  writeFileSync(join(home, '.ssh/known_hosts2'), `kitchen.local ${OTHER_KEY}\n`);
  const error = await t.throwsAsync(makeCard(lab().lab, lab().pi, folderFor(t)), { instanceOf: LabError });
  t.regex(error?.trouble.advice ?? '', /^ssh-keygen -R kitchen\.local -f \/\S+\/known_hosts2, then/);
});

const names: readonly (readonly [address: string, hostName: string])[] = [
  ['kitchen.local', 'kitchen'],
  ['Kitchen.example.org', 'kitchen'],
  ['10.0.0.7', 'hall'],
  ['fe80::1', 'hall'],
  ['my_pi', 'hall'],
];

for (const [address, hostName] of names) {
  test(`a Pi at ${address} gets the host name ${hostName}`, (t) => {
    t.is(hostNameOf(address, 'hall'), hostName);
  });
}
