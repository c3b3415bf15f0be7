import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import test from 'ava';
import { type SshAddress, sshText } from '../../../../lab-file/ssh-address.ts';
import { jumpCommand } from '../../../../provisioning/hosts/proxy-jump.ts';
import { type Destination, parseSshConfig } from '../../../../provisioning/hosts/ssh-config.ts';
import { expand } from '../../../../provisioning/hosts/ssh-tokens.ts';

const address: SshAddress = {
  user: undefined,
  address: 'kitchen',
  port: undefined,
  identity: undefined,
  hostKey: undefined,
};

const USUAL = [
  'user pi\nhostname 10.0.0.7\nport 22\nidentitiesonly no\nhashknownhosts yes',
  'identityfile ~/.ssh/id_rsa\nidentityfile ~/.ssh/id_ed25519',
  'globalknownhostsfile /etc/ssh/ssh_known_hosts\nuserknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/known_hosts2',
].join('\n');

const HERE = { hostName: '10.0.0.7', port: 22 };
const JUMP_OPTIONS = ['-F', '/home/me/.ssh/config'];
const OPTIONS = { home: '/home/me', jumpOptions: JUMP_OPTIONS };

/** [lines of ssh -G beside the usual ones, which come after them; what they make of the destination] */
const configs: readonly (readonly [text: string, change: Partial<Destination>])[] = [
  ['', {}],
  ['user carl', { user: 'carl' }],
  ['port 2222', { port: 2222, knownAs: '[10.0.0.7]:2222' }],
  ['hostname Pi.Local', { hostName: 'Pi.Local', knownAs: 'pi.local' }],
  ['hostkeyalias kitchen-pi\nport 2222', { port: 2222, knownAs: 'kitchen-pi' }],
  ['identitiesonly yes', { identitiesOnly: true }],
  ['identityagent none', { agent: undefined }],
  ['identityagent /run/%r.sock', { agent: '/run/pi.sock' }],
  ['identityagent $NO_SUCH_VARIABLE', { agent: undefined }],
  [
    'proxyjump carl@hub:23,[::1]:24',
    { proxy: { command: jumpCommand('carl@hub:23,[::1]:24', HERE, JUMP_OPTIONS), jump: 'carl@hub:23,[::1]:24' } },
  ],
  ['proxycommand nc %h %p # 100%%', { proxy: { command: 'nc 10.0.0.7 22 # 100%' } }],
  ['userknownhostsfile /a b/known /c', { userKnownHosts: ['/a b/known', '/c'] }],
  ['hashknownhosts no', { hashKnownHosts: false }],
];

for (const [text, change] of configs) {
  test(`reads from ssh -G ${JSON.stringify(text)}`, (t) => {
    const lines = [...text.split('\n'), ...USUAL.split('\n')];
    const keywords = lines.map((one) => one.split(' ')[0]);
    const first = lines.filter(
      (one, index) => one.startsWith('identityfile') || keywords.indexOf(one.split(' ')[0]) === index,
    );
    const usual: Destination = {
      user: 'pi',
      hostName: '10.0.0.7',
      port: 22,
      identityFiles: ['/home/me/.ssh/id_rsa', '/home/me/.ssh/id_ed25519'],
      identitiesOnly: false,
      agent: process.env.SSH_AUTH_SOCK || undefined,
      proxy: undefined,
      knownAs: '10.0.0.7',
      userKnownHosts: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2'],
      globalKnownHosts: ['/etc/ssh/ssh_known_hosts'],
      hashKnownHosts: true,
    };
    t.deepEqual(parseSshConfig(first.join('\n'), address, OPTIONS), { ...usual, ...change });
  });
}

test('uses ssh’s own defaults without an ssh program', (t) => {
  const found = parseSshConfig('', { ...address, address: '::1', port: 2222 }, OPTIONS);
  t.like(found, {
    user: userInfo().username,
    hostName: '::1',
    port: 2222,
    knownAs: '[::1]:2222',
    hashKnownHosts: false,
  });
  t.deepEqual(found.userKnownHosts, ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2']);
  t.true(found.identityFiles.includes('/home/me/.ssh/id_ed25519'));
});

test('expands the tokens of ssh_config(5)', (t) => {
  const tokens = { user: 'pi', hostName: 'h.example', port: 23, name: 'h', alias: undefined, home: '/home/me' };
  const hash = createHash('sha1').update(`${hostname()}h.example23pi`).digest('hex');
  t.is(expand('~/%d/%h-%n-%p-%r-%k-%C-%%-%y', tokens), `/home/me//home/me/h.example-h-23-pi-h-${hash}-%-%y`);
  t.is(expand('%u %l %i', tokens), `${userInfo().username} ${hostname()} ${userInfo().uid}`);
  t.is(expand('$' + '{PATH}/x', tokens), `${process.env.PATH}/x`);
  t.is(expand('~/%h $' + '{PATH}', tokens, 'command'), '~/h.example $' + '{PATH}');
});

/** [address; as a person writes it] */
const texts: readonly (readonly [Partial<SshAddress>, string])[] = [
  [{}, 'kitchen'],
  [{ user: 'pi' }, 'pi@kitchen'],
  [{ user: 'pi', port: 23 }, 'pi@kitchen:23'],
  [{ address: '::1', port: 23 }, '[::1]:23'],
  [{ address: '::1' }, '::1'],
];

for (const [more, text] of texts)
  test(`prints the address ${text}`, (t) => t.is(sshText({ ...address, ...more }), text));
