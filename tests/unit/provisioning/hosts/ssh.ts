import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import test from 'ava';
import { LabError } from '../../../../provisioning/errors.ts';
import { login, takesPassword } from '../../../../provisioning/hosts/login.ts';
import { askLine, askSecretly, canAsk } from '../../../../provisioning/hosts/questions.ts';
import { type Refusal, refusalOf } from '../../../../provisioning/hosts/root-access.ts';
import { jumpsOf } from '../../../../provisioning/hosts/route.ts';
import { type SshAddress, sshText } from '../../../../provisioning/hosts/ssh-address.ts';
import { type Destination, destinationOf, parseSshConfig } from '../../../../provisioning/hosts/ssh-config.ts';
import { expand } from '../../../../provisioning/hosts/ssh-tokens.ts';
import { Secret } from '../../../../provisioning/lab-file/secret.ts';
import { takeTurns } from '../../../../provisioning/turns.ts';
import { openGate } from '../../../../report/display.ts';
import { line, readLine, type ToFile } from '../../../smoke/run/messages.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

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
  ['proxyjump carl@hub:23,[::1]:24', { proxyJump: 'carl@hub:23,[::1]:24' }],
  ['proxycommand nc %h %p # 100%%', { proxyCommand: 'nc 10.0.0.7 22 # 100%' }],
  ['userknownhostsfile /a b/known /c', { userKnownHosts: ['/a b/known', '/c'] }],
  ['hashknownhosts no', { hashKnownHosts: false }],
];

for (const [text, change] of configs) {
  test(`ssh -G says ${JSON.stringify(text)}`, (t) => {
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
      proxyJump: undefined,
      proxyCommand: undefined,
      knownAs: '10.0.0.7',
      userKnownHosts: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2'],
      globalKnownHosts: ['/etc/ssh/ssh_known_hosts'],
      hashKnownHosts: true,
    };
    t.deepEqual(parseSshConfig(first.join('\n'), address, '/home/me'), { ...usual, ...change });
  });
}

test('without an ssh program ssh’s own defaults hold', (t) => {
  const found = parseSshConfig('', { ...address, address: '::1', port: 2222 }, '/home/me');
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

test('a complete address is left as it is: no agent, no known_hosts, nothing of ~/.ssh', async (t) => {
  const complete = { ...address, user: 'pi', port: 32_768, identity: '/key', isComplete: true } as const;
  t.like(await destinationOf('pi', complete), {
    ...{
      user: 'pi',
      hostName: 'kitchen',
      port: 32_768,
      identityFiles: ['/key'],
      identitiesOnly: true,
      agent: undefined,
    },
    ...{ userKnownHosts: [], globalKnownHosts: [], proxyJump: undefined, proxyCommand: undefined },
  });
});

test('tokens of ssh_config(5)', (t) => {
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

for (const [more, text] of texts) test(`an address is ${text}`, (t) => t.is(sshText({ ...address, ...more }), text));

test('hops of ProxyJump, and one that is none', (t) => {
  const hops = jumpsOf('pi', 'carl@hub:23,ssh://me@[::1]:24,plain', { newHostKey: 'accept' });
  t.deepEqual(
    hops.map((hop) => [hop.user, hop.address, hop.port, hop.newHostKey]),
    [
      ['carl', 'hub', 23, 'accept'],
      ['me', '::1', 24, 'accept'],
      [undefined, 'plain', undefined, 'accept'],
    ],
  );
  t.throws(() => jumpsOf('pi', '-oProxyCommand=x', {}), {
    instanceOf: LabError,
    message: /a hop of ProxyJump has no valid host/,
  });
});

const password = new Secret('hunter2');
const key = { type: 'publickey', username: 'pi', key: 'KEY' } as const;

/** [what there is to log in with; methods that the host names after each attempt; the attempts] */
const logins: readonly (readonly [
  keys: number,
  password: boolean,
  left: readonly (readonly string[])[],
  tried: readonly string[],
])[] = [
  [2, false, [['publickey'], ['publickey']], ['publickey', 'publickey']],
  [0, false, [['publickey']], ['none']],
  [0, true, [['publickey', 'password']], ['none', 'password']],
  [
    1,
    true,
    [
      ['publickey', 'password'],
      ['publickey', 'password'],
    ],
    ['publickey', 'password'],
  ],
  [1, true, [['publickey', 'keyboard-interactive'], []], ['publickey', 'keyboard-interactive']],
  [2, true, [['password'], ['password']], ['publickey', 'password']],
  [1, true, [['publickey'], ['publickey']], ['publickey']],
];

for (const [keys, has, left, tried] of logins) {
  test(`${keys} keys, password ${has}, the host takes ${JSON.stringify(left)}`, (t) => {
    const attempt = login(
      'pi',
      Array.from({ length: keys }, () => key),
      has ? password : undefined,
    );
    const found: string[] = [];
    for (const methods of [null, ...left]) {
      const next = attempt.next(methods);
      if (next === false) break;
      found.push(next.type);
    }
    t.deepEqual(found, [...tried]);
    t.is(
      attempt.hasTriedPassword(),
      tried.some((method) => method.startsWith('password') || method.startsWith('keyboard')),
    );
  });
}

test('the password answers the first question that is not shown, and no other', (t) => {
  const attempt = login('pi', [], password);
  attempt.next(null);
  const next = attempt.next(['keyboard-interactive']);
  if (next === false || next.type !== 'keyboard-interactive') return t.fail();
  const questions = [
    { prompt: 'Your name: ', echo: true },
    { prompt: 'Password: ', echo: false },
    { prompt: 'Code: ', echo: false },
  ];
  next.prompt('', '', '', questions, (answers) => t.deepEqual(answers, ['', 'hunter2', '']));
  t.deepEqual([['password'], ['keyboard-interactive'], ['publickey']].map(takesPassword), [true, true, false]);
});

/** [exit code; what sudo said; what that means] */
const refusals: readonly (readonly [code: number, stderr: string, refusal: Refusal])[] = [
  [1, 'sudo: a password is required\n', 'asks'],
  [
    1,
    'sudo: a terminal is required to read the password; either use the -S option or …\nsudo: a password is required\n',
    'asks',
  ],
  [1, 'sudo: interactive authentication is required\n', 'asks'],
  [1, 'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n', 'wrong password'],
  [1, 'sudo: Authentication failed, try again.\nsudo: Maximum 3 incorrect authentication attempts\n', 'wrong password'],
  [1, 'otto is not in the sudoers file.\n', 'not permitted'],
  [1, "Sorry, user otto is not allowed to execute '/usr/bin/true' as root on pi.\n", 'not permitted'],
  [1, "sudo: I'm sorry otto. I'm afraid I can't do that\n", 'not permitted'],
  [127, 'env: ‘sudo’: No such file or directory\n', 'absent'],
  [1, 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n', 'other'],
  [255, '', 'other'],
];

for (const [code, stderr, meant] of refusals) {
  test(`sudo said ${JSON.stringify(stderr)}`, (t) => t.is(refusalOf({ code, stderr }), meant));
}

test('without a terminal nobody is asked', async (t) => {
  t.false(canAsk());
  t.deepEqual(await Promise.all([askLine('? '), askSecretly('? ')]), [undefined, undefined]);
});

test('one at a time, in the order of the calls, whatever becomes of each', async (t) => {
  const inTurn = takeTurns();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  t.deepEqual(
    all.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  t.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('what a display is told while a question stands there comes after it', (t) => {
  const shown: string[] = [];
  const gate = openGate();
  const show = (text: string) => gate.pass(() => shown.push(text));
  show('before');
  const open = gate.close();
  for (const text of ['one', 'two']) show(text);
  t.deepEqual(shown, ['before']);
  open();
  show('after');
  t.deepEqual(shown, ['before', 'one', 'two', 'after']);
});

test('passwords of users and hosts, and what a person answered, reach the smoke tests, and nothing else that tells them', (t) => {
  const lab = labOf(`${TWO_USERS}broker: { host: "ssh://hub" }`);
  const host = { kind: 'ssh', ...address, password } as const;
  const broker = { address: 'hub', port: 1883, host, version: undefined };
  const message: ToFile = {
    kind: 'lab',
    live: { lab, broker, pis: [] },
    wish: { scope: 'quick', full: false },
    answers: [['password of pi', password]],
  };
  t.false(JSON.stringify(message).includes('hunter2'));
  const read = readLine<ToFile>(line(message));
  if (read.kind !== 'lab' || read.live.broker.host?.kind !== 'ssh') return t.fail();
  t.is(read.live.broker.host.password?.reveal(), 'hunter2');
  t.deepEqual(
    read.answers.map(([what, answer]) => [what, answer.reveal()]),
    [['password of pi', 'hunter2']],
  );
  t.deepEqual(
    read.live.lab.users.map((user) => user.password.reveal()),
    ['sam', 'alice'],
  );
});
