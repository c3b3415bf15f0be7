import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { quote } from '../../base/quote.ts';
import { makeHome } from '../lab/support/ssh-machines.ts';
import { until } from '../lab/support/until.ts';
import { failedChecks } from './support/life-cycle.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('blank-card-13', 13);
const FILES = ['user-data', 'network-config', 'meta-data'];
/** `up` gives up after five minutes, and an emulated processor on a busy machine boots in twenty. */
const FIRST_BOOT_MS = 3_600_000;

/** As a new card with Raspberry Pi OS: no user, no host keys, SSH off, and a service that replaces the host keys once. */
const BLANK = `
apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends cloud-init
userdel --remove pi
rm -f /etc/ssh/ssh_host_*
systemctl disable ssh
cat >/etc/systemd/system/regenerate_ssh_host_keys.service <<'END'
[Unit]
Before=ssh.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'rm -f /etc/ssh/ssh_host_*_key*; ssh-keygen -A'
[Install]
WantedBy=multi-user.target
END
systemctl enable regenerate_ssh_host_keys
# the network of the machines has no DHCP
echo 'network: { config: disabled }' >/etc/cloud/cloud.cfg.d/99-network.cfg
`;

test.serial('a blank Pi with a card of image becomes a verified lab without a question', async (t) => {
  const { pi, folder, write, run } = machines();
  const home = await makeHome(path.join(folder, 'home'));
  const env = { HOME: home.folder, SSH_AUTH_SOCK: '' };
  await pi.shell(BLANK);
  await write({}, { pis: { pi: { host: `ssh://nora@${pi.address}` } } });
  const made = await run(['image', 'pi'], { env });
  t.is(made.code, 0, made.all);
  const card = FILES.map((name) => {
    const text = readFileSync(path.join(folder, '.lab/image-pi', name), 'utf8');
    return `printf %s ${quote(text)} >/var/lib/cloud/seed/nocloud/${name}`;
  });
  await pi.shell(['mkdir -p /var/lib/cloud/seed/nocloud', ...card, 'systemctl --no-block reboot'].join('\n'));
  const up = await until('the first boot', FIRST_BOOT_MS, async () => {
    const outcome = await run(['up', '--no-verify'], { env });
    return outcome.code === 2 ? undefined : outcome;
  });
  t.is(up.code, 0, up.all);
  t.deepEqual(await failedChecks({ ...machines(), run: (args) => run(args, { env }) }, ['--quick']), []);
  const machine = await run(['ssh', 'pi', 'id -un; sudo -n id -un; hostname; ls /etc/ssh/ssh_host_*_key'], { env });
  t.is(machine.stdout, 'nora\nroot\npi\n/etc/ssh/ssh_host_ed25519_key\n');
  const again = await run(['up', '--no-verify'], { env });
  t.regex(again.stdout, /^hosts: 0 changed$/m);
});
