import test from 'ava';
import { jumpCommand } from '../../../../provisioning/hosts/proxy-jump.ts';
import { sh } from '../../_sh.ts';

const to = { hostName: '10.0.0.7', port: 2222 };

/** [ProxyJump as `ssh -G` prints it; the words after ssh's options] */
const rows: readonly (readonly [proxyJump: string, words: readonly string[]])[] = [
  ['hub', ['-W', '[10.0.0.7]:2222', '--', 'hub']],
  ['carl@hub:23', ['-l', 'carl', '-p', '23', '-W', '[10.0.0.7]:2222', '--', 'hub']],
  ['[10.0.0.1]', ['-W', '[10.0.0.7]:2222', '--', '10.0.0.1']],
  ['u@[fe80::1%eth0]:5', ['-l', 'u', '-p', '5', '-W', '[10.0.0.7]:2222', '--', 'fe80::1%eth0']],
  ['a@b@c', ['-l', 'a@b', '-W', '[10.0.0.7]:2222', '--', 'c']],
  ['a,carl@[::1]:24,hub', ['-J', 'a,carl@[::1]:24', '-W', '[10.0.0.7]:2222', '--', 'hub']],
];

for (const [proxyJump, words] of rows) {
  test(`makes a command of ProxyJump ${proxyJump}`, (t) => {
    const command = jumpCommand(proxyJump, to);
    t.true(command.startsWith('ssh -o BatchMode=yes '));
    t.true(sh(`ssh() { printf '%s\\n' "$@"; }; ${command}`).stdout.endsWith(`\n${words.join('\n')}\n`));
  });
}

test('passes further options to the hop’s ssh, quoted', (t) => {
  const command = jumpCommand('hub', { hostName: '$(reboot)', port: 22 }, ['-F', `/a 'b/config`]);
  t.regex(sh(`ssh() { printf '%s\\n' "$@"; }; ${command}`).stdout, /\n-F\n\/a 'b\/config\n-W\n\[\$\(reboot\)\]:22\n/);
});
