import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { ownLab } from '../lab/support/own-lab.ts';
import { machineMaker, makeHome } from '../lab/support/ssh-machines.ts';

const theLab = ownLab('card-schema', {}, { debian: 13 });
const INSTALL_MS = 600_000;
const CHECK_MS = 60_000;

/** Values that YAML 1.1 would read as something else than text. */
const wifi = { ssid: '0123', password: { file: 'wifi' }, country: 'NO' };

const pis: Readonly<Record<string, object>> = {
  plain: { host: 'ssh://pi@10.0.0.7' },
  full: { host: 'ssh://nora@kitchen.local', password: { file: 'sudo' }, wifi },
};

test.serial('cloud-init is installed on a Debian 13', async (t) => {
  t.timeout(INSTALL_MS);
  await (await machineMaker(theLab()))('pi');
  const install = 'apt-get update -q && apt-get install -qy --no-install-recommends cloud-init netplan.io';
  const script = `export DEBIAN_FRONTEND=noninteractive; ${install} && cloud-init --version`;
  t.regex(await theLab().container('pi').shell(script, INSTALL_MS), /^.*cloud-init \d+\.\d+\.\d+$/m);
});

for (const [name, pi] of Object.entries(pis)) {
  test.serial(`the schema of cloud-init accepts the card of a Pi: ${name}`, async (t) => {
    const lab = theLab();
    const home = await makeHome(path.join(lab.folder, 'home'));
    for (const file of ['wifi', 'sudo']) writeFileSync(path.join(lab.folder, file), 'correct horse', { mode: 0o600 });
    await lab.write({ broker: { host: 'ssh://hub.local' }, pis: { [name]: pi } });
    const env = { HOME: home.folder, LC_ALL: 'nb_NO.UTF-8', SSH_AUTH_SOCK: '' };
    const made = await lab.run(['image', name], { env });
    t.is(made.code, 0, made.all);
    t.false(made.all.includes('horse'));
    for (const [file, type] of [
      ['user-data', 'cloud-config'],
      ['network-config', 'network-config'],
    ] as const) {
      const text = readFileSync(path.join(lab.folder, '.lab', `image-${name}`, file));
      const check = `cloud-init schema --annotate --schema-type ${type} --config-file /run/${file}`;
      const script = `echo ${text.toString('base64')} | base64 -d >/run/${file} && ${check} 2>&1`;
      t.regex(await lab.container('pi').shell(script, CHECK_MS), /Valid schema/, file);
    }
  });
}

test.serial('netplan takes the password of the Wi-Fi as a key, and the country', async (t) => {
  const script = [
    'mkdir -p /run/root/etc/netplan && install -m 600 /run/network-config /run/root/etc/netplan/card.yaml',
    'netplan generate --root-dir /run/root && cat /run/root/run/netplan/wpa-wlan0.conf',
  ].join('\n');
  const conf = await theLab().container('pi').shell(script, CHECK_MS);
  t.regex(conf, /^country=NO$/m);
  t.regex(conf, /ssid=P"0123"/);
  // a passphrase would be in quotes (wpa_supplicant.conf(5))
  t.regex(conf, /psk=[0-9a-f]{64}$/m);
});

test.serial('the schema refuses a card with a key that cloud-init does not know', async (t) => {
  const script = `printf '#cloud-config\\nhostnam: x\\n' >/run/wrong; cloud-init schema --config-file /run/wrong`;
  await t.throwsAsync(theLab().container('pi').shell(script, CHECK_MS), { message: /hostnam/ });
});
