import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../provisioning/errors.ts';
import { ed25519Pair } from '../../provisioning/hosts/ed25519.ts';
import { attempt } from '../../provisioning/hosts/host.ts';
import { runProgram } from '../../provisioning/hosts/program.ts';
import { type SshHost, sshHost } from '../../provisioning/hosts/ssh.ts';
import type { SshAddress } from '../../provisioning/hosts/ssh-address.ts';
import { Secret } from '../../provisioning/lab-file/secret.ts';
import { ownLab } from './support/own-lab.ts';
import { type Home, makeHome, makeMachines, PASSWORD, type Place } from './support/ssh-machines.ts';
import { startOnTerminal } from './support/terminal.ts';
import { until } from './support/until.ts';

/** The lab whose containers play the part of machines that were there before; nothing of Mosquitto is on them. */
const lab = ownLab('logins');
let place: { readonly broker: Place; readonly pi: Place };
let home: Home;
let key: string;

test.serial.before('machines with users', async (t) => {
  t.timeout(300_000);
  place = await makeMachines(lab());
  home = await makeHome(path.join(lab().folder, 'home'));
  key = path.join(lab().folder, '.lab/keys', lab().name);
  // this process opens hosts itself, as ./lab does
  Object.assign(process.env, { HOME: home.folder, SSH_AUTH_SOCK: '' });
});

test.serial.beforeEach('nothing is configured, and both hosts are known', async () => {
  await home.configure(hosts());
  await writeFile(
    home.knownHosts,
    knownAs('[127.0.0.1]:PORT', place.broker, place.pi) + knownAs(place.pi.address, place.pi),
  );
});

/** ~/.ssh/config: `hub` is this side's machine, `kitchen` is behind it. */
function hosts(rest = ''): string {
  return [
    `Host hub\n HostName 127.0.0.1\n Port ${place.broker.port}\n User debian\n IdentityFile ${key}`,
    `Host kitchen\n HostName ${place.pi.address}\n User pi\n ProxyJump hub\n IdentityFile ${key}`,
    `Host nora\n HostName 127.0.0.1\n Port ${place.pi.port}\n User nora\n IdentityFile none`,
    rest,
  ].join('\n');
}

function knownAs(name: string, ...places: readonly Place[]): string {
  return places.map(({ port, hostKey }) => `${name.replace('PORT', String(port))} ${hostKey}\n`).join('');
}

/** ssh://ADDRESS, with nothing more in the lab file than what is given. */
function at(address: string, more: Partial<SshAddress> = {}): SshAddress {
  return { user: undefined, address, port: undefined, identity: undefined, hostKey: undefined, ...more };
}

/** The Pi's machine by its published port and the lab's key, as a user that needs a password for sudo. */
function asNora(more: Partial<SshAddress> = {}): SshAddress {
  return at('127.0.0.1', { user: 'nora', port: place.pi.port, identity: key, ...more });
}

const secret = new Secret(PASSWORD);
const wrong = new Secret('battery staple');

async function say(host: SshHost, script: string, root = false): Promise<string> {
  const { stdout, stderr } = await attempt(host, { step: 'say', script, root, timeoutMs: 20_000 });
  return `${stdout}${stderr}`.trim();
}

/** The error that opening a host, or a command as root there, ends with. */
async function refusal(t: ExecutionContext, address: SshAddress, script?: string): Promise<LabError['trouble']> {
  const work = async () => {
    await using host = await sshHost('pi', address);
    if (script !== undefined) await attempt(host, { step: 'say', script, root: true, timeoutMs: 20_000 });
  };
  const error = await t.throwsAsync(work, { instanceOf: LabError });
  t.is(error?.exitCode, 2);
  for (const password of [secret, wrong]) t.false(error?.message.includes(password.reveal()));
  return error?.trouble ?? { subject: '', step: '', happened: '' };
}

test.serial('an alias of ~/.ssh/config: its host, port, user and key', async (t) => {
  await using host = await sshHost('broker', at('hub'));
  t.is(await say(host, 'whoami; hostname'), 'debian\nbroker');
});

test.serial('what the lab file says wins over ~/.ssh/config', async (t) => {
  await using host = await sshHost('pi', at('hub', { user: 'pi', port: place.pi.port, hostKey: place.pi.hostKey }));
  t.is(await say(host, 'whoami; hostname'), 'pi\npi');
  const other = ed25519Pair().public.split(' ').slice(0, 2).join(' ');
  t.regex((await refusal(t, at('hub', { hostKey: other }))).happened, /the pinned key has/);
  const stranger = path.join(lab().folder, 'stranger');
  await writeFile(stranger, ed25519Pair().private, { mode: 0o600 });
  t.is((await refusal(t, at('hub', { identity: stranger }))).happened, 'none of the keys was accepted');
});

test.serial('over a hop, and over several', async (t) => {
  {
    await using host = await sshHost('pi', at('kitchen'));
    t.is(await say(host, 'hostname; echo "$' + '{SSH_CONNECTION%% *}"'), `pi\n${place.broker.address}`);
  }
  const back = `Host back\n HostName ${place.broker.address}\n User debian\n HostKeyAlias hub\n IdentityFile ${key}`;
  await home.configure(hosts(`${back}\n ProxyJump hub,kitchen`));
  await writeFile(home.knownHosts, knownAs('hub', place.broker), { flag: 'a' });
  await using host = await sshHost('broker', at('back'));
  t.is(await say(host, 'hostname; echo "$' + '{SSH_CONNECTION%% *}"'), `broker\n${place.pi.address}`);
});

test.serial('all that goes through a hop at a time has one connection to it, and it ends with the last', async (t) => {
  const hub = lab().container('broker');
  const sessions = async () => Number(await hub.shell("pgrep -fc '^sshd: debian$' || true"));
  const opened = await Promise.all([1, 2, 3].map(() => sshHost('pi', at('kitchen'))));
  t.is(await sessions(), 1);
  for (const host of opened.slice(0, 2)) await host[Symbol.asyncDispose]();
  const [, , last] = opened;
  t.is(last === undefined ? '' : await say(last, 'hostname'), 'pi');
  await last?.[Symbol.asyncDispose]();
  await until('the end of the connection to the hop', 10_000, async () => (await sessions()) === 0 || undefined);
});

test.serial('a host that drops connections where many come at once is asked again', async (t) => {
  const hub = lab().container('broker');
  // of this keyword the last value holds, of most others the first
  const startups = (line: string) => hub.shell(`echo '${line}' >/etc/ssh/sshd_config.d/zz.conf && kill -HUP 1`);
  await startups('MaxStartups 1:100:1');
  t.teardown(() => startups(''));
  // sshd's title tells its limits
  const isNew = () => hub.shell("pgrep -f '[0] of 1-1 startups' || true").then((found) => found !== '' || undefined);
  await until('the new sshd', 10_000, isNew);
  // one that says nothing takes the only place, and is left when the next has come twice
  const silent = connect(place.broker.port, '127.0.0.1');
  await once(silent, 'data');
  let came = 0;
  const relay = createServer((socket) => {
    came += 1;
    if (came === 2) silent.destroy();
    const onward = connect(place.broker.port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) end.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  t.teardown(() => relay.close());
  await once(relay, 'listening');
  const there = relay.address();
  if (there === null || typeof there === 'string') return t.fail();
  await using host = await sshHost('broker', at('hub', { port: there.port, hostKey: place.broker.hostKey }));
  t.is(await say(host, 'hostname'), 'broker');
  t.true(came >= 2, `${came}`);
});

test.serial('a circle of hops is told', async (t) => {
  await home.configure('Host a\n ProxyJump b\nHost b\n ProxyJump a');
  t.regex((await refusal(t, at('a'))).happened, /in a circle/);
});

test.serial('by a ProxyCommand; one that fails is told with its words', async (t) => {
  const program = path.join(lab().folder, 'relay.cjs');
  await writeFile(
    program,
    "const s = require('net').connect(process.argv[3], process.argv[2]); process.stdin.pipe(s); s.pipe(process.stdout);",
  );
  const behind = (command: string) =>
    hosts(
      `Host behind\n HostName 127.0.0.1\n Port ${place.pi.port}\n User pi\n IdentityFile ${key}\n ProxyCommand ${command}`,
    );
  await home.configure(behind(`${process.execPath} ${program} %h %p`));
  {
    await using host = await sshHost('pi', at('behind'));
    t.is(await say(host, 'whoami'), 'pi');
  }
  await home.configure(behind('sh -c "echo no way to %h >&2; exit 1"'));
  t.regex((await refusal(t, at('behind'))).happened, /\n {4}no way to 127\.0\.0\.1$/);
});

test.serial('a configuration that ssh refuses is told with its words', async (t) => {
  await home.configure('Hots x');
  const { step, happened } = await refusal(t, at('x'));
  t.is(step, 'read the ssh configuration for x');
  t.regex(happened, /Bad configuration option: hots/);
});

test.serial(
  'an unknown host key is refused without a terminal, kept where that is asked for, and known from then on',
  async (t) => {
    await home.configure(hosts('Host *\n HashKnownHosts yes'));
    await rm(home.knownHosts);
    const { step, happened, advice } = await refusal(t, at('kitchen'));
    t.is(step, `check the host key of 127.0.0.1 port ${place.broker.port}`);
    t.is(happened, `unknown key ${await shown(place.broker)}`);
    t.regex(advice ?? '', /--accept-new-host-keys/);
    await (await sshHost('pi', at('kitchen', { newHostKey: 'accept' })))[Symbol.asyncDispose]();
    const kept = (await readFile(home.knownHosts, 'utf8')).trim().split('\n');
    t.is(kept.length, 2);
    for (const line of kept) t.regex(line, /^\|1\|\S+ ssh-ed25519 \S+$/);
    await (await sshHost('pi', at('kitchen')))[Symbol.asyncDispose]();
    t.is((await readFile(home.knownHosts, 'utf8')).trim().split('\n').length, 2);
  },
);

test.serial('a host that two connections meet at once is kept once', async (t) => {
  await rm(home.knownHosts);
  const opened = await Promise.all([1, 2, 3].map(() => sshHost('broker', at('hub', { newHostKey: 'accept' }))));
  for (const host of opened) await host[Symbol.asyncDispose]();
  t.is((await readFile(home.knownHosts, 'utf8')).trim().split('\n').length, 1);
});

test.serial(
  'a changed host key is refused with both fingerprints, and so is a revoked one, whatever was asked for',
  async (t) => {
    const accept = { newHostKey: 'accept' } as const;
    await writeFile(home.knownHosts, `[127.0.0.1]:${place.broker.port} ${place.pi.hostKey}\n`);
    const { happened, advice } = await refusal(t, at('hub', accept));
    t.is(happened, `the key is ${await shown(place.broker)}, known_hosts has ${await shown(place.pi)}`);
    t.regex(advice ?? '', /ssh-keygen -R/);
    await writeFile(home.knownHosts, `@revoked * ${place.broker.hostKey}\n`);
    t.regex((await refusal(t, at('hub', accept))).happened, /is revoked in known_hosts$/);
  },
);

/** The fingerprint as ssh-keygen prints it. */
async function shown({ hostKey }: Place): Promise<string> {
  const file = path.join(lab().folder, 'shown.pub');
  await writeFile(file, `${hostKey}\n`);
  const { stdout = '' } = (await runProgram('ssh-keygen', ['-lf', file])) ?? {};
  return `${stdout.split(' ')[1]} (ssh-ed25519)`;
}

test.serial('a key that only the agent has; IdentitiesOnly leaves out what no IdentityFile names', async (t) => {
  const socket = path.join(lab().folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  t.teardown(() => agent.kill());
  const add = async () => (await runAdd(socket, key)) === 0 || undefined;
  await until('the agent', 10_000, add);
  const config = (more: string) =>
    `Host hub\n HostName 127.0.0.1\n Port ${place.broker.port}\n User debian\n IdentityAgent ${socket}\n IdentityFile ${home.folder}/.ssh/named\n ${more}`;
  await home.configure(config(''));
  {
    await using host = await sshHost('broker', at('hub'));
    t.is(await say(host, 'whoami'), 'debian');
  }
  await home.configure(config('IdentitiesOnly yes'));
  t.regex((await refusal(t, at('hub'))).happened, /^no agent and no key file could be used/);
  const { stdout: half = '' } = (await runProgram('ssh-keygen', ['-y', '-f', key])) ?? {};
  await writeFile(path.join(home.folder, '.ssh/named'), half);
  await using host = await sshHost('broker', at('hub'));
  t.is(await say(host, 'whoami'), 'debian');
});

async function runAdd(socket: string, file: string): Promise<number> {
  const child = spawn('ssh-add', [file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
  const [code]: (number | null)[] = await once(child, 'close');
  return code ?? 128;
}

test.serial('a password where no key is accepted, by either method; a wrong one is told', async (t) => {
  for (const user of ['nora', 'kim']) {
    await using host = await sshHost('pi', at('nora', { user, password: secret }));
    t.is(await say(host, 'whoami'), user);
  }
  const { step, happened } = await refusal(t, at('nora', { password: wrong }));
  t.is(step, `ssh nora@127.0.0.1 port ${place.pi.port}`);
  t.is(happened, 'no agent and no key file could be used; the password was not accepted');
  t.regex((await refusal(t, at('nora'))).advice ?? '', /on a terminal, or give a `password`/);
});

test.serial('a key with a passphrase is told where nobody can be asked', async (t) => {
  await lockKey();
  t.regex((await refusal(t, at('nora', { identity: locked() }))).happened, /locked has a passphrase/);
});

const locked = () => path.join(lab().folder, 'locked');

/** The lab's key, copied and locked with a passphrase. */
async function lockKey(): Promise<void> {
  await writeFile(locked(), await readFile(key), { mode: 0o600 });
  await runProgram('ssh-keygen', ['-p', '-q', '-N', 'open sesame', '-f', locked()]);
}

test.serial(
  'sudo with a password: every command of root gets it, its own input is untouched, and nobody sees it',
  async (t) => {
    await using host = await sshHost('pi', asNora({ password: secret }));
    t.is(await say(host, 'id -un; cat; echo end', true), 'root\nend');
    // a login of sudo's that still holds: the password is read all the same, and no part of the script
    await lab().container('pi').shell("echo 'Defaults timestamp_type=global' >/etc/sudoers.d/ticket");
    t.teardown(() => lab().container('pi').shell('rm /etc/sudoers.d/ticket'));
    t.is(await say(host, `echo '${PASSWORD}' | sudo -S -p '' -v && sudo -n id -un`), 'root');
    t.is(await say(host, 'id -un; cat; echo end', true), 'root\nend');
    const together = await Promise.all(['a', 'b', 'c'].map((word) => say(host, `echo ${word} $(id -u)`, true)));
    t.deepEqual(together, ['a 0', 'b 0', 'c 0']);
    const running = host.start({ step: 'wait', script: 'sleep 60', root: true, timeoutMs: 60_000 });
    const group = await running.group;
    const everything = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'";
    t.false((await lab().container('pi').shell(everything)).includes(PASSWORD));
    await running.kill('TERM');
    // a signal ends sudo as it ends the command
    t.is((await running.result).code, 128);
    t.is(await lab().container('pi').shell(`ps -o pid= --pgid ${group} || true`), '');
  },
);

test.serial('two hosts that sudo asks first at the same time, and one whose time passes', async (t) => {
  await using host = await sshHost('pi', asNora({ password: secret }));
  t.deepEqual(await Promise.all([say(host, 'echo one', true), say(host, 'echo two', true)]), ['one', 'two']);
  const script = 'sleep 61 & sleep 61';
  const late = attempt(host, { step: 'wait', script, root: true, timeoutMs: 500 });
  await t.throwsAsync(late, { message: /^pi: wait: not done after 0.5 s/ });
  t.is(await lab().container('pi').shell('pgrep -fx "sleep 61" || true'), '');
});

test.serial('a wrong password for sudo: nothing of the script is run or read as a password', async (t) => {
  const pi = lab().container('pi');
  await pi.shell("echo 'Defaults logfile=/tmp/sudo.log' >/etc/sudoers.d/log");
  // nothing is remembered of kim's
  const asKim = (password?: Secret) => asNora({ user: 'kim', password });
  const { step, happened, advice } = await refusal(t, asKim(wrong), 'touch /tmp/ran');
  t.deepEqual([step, happened], ['become root as kim', 'sudo did not accept the password']);
  t.regex(advice ?? '', /`password`/);
  t.is(await pi.shell('ls /tmp/ran 2>/dev/null || true'), '');
  t.regex(await pi.shell('cat /tmp/sudo.log'), /kim : 1 incorrect password attempt/);
  t.is((await refusal(t, asKim(), 'id')).happened, 'sudo asks for a password');
});

test.serial('a user who may not use sudo, and a host without sudo', async (t) => {
  const { happened, advice } = await refusal(t, asNora({ user: 'otto', password: secret }), 'id');
  t.is(happened, 'this user may not use sudo there');
  t.is(advice, 'log in as a user who may, or, as root there: usermod -aG sudo otto');
  const pi = lab().container('pi');
  await pi.shell('mv /usr/bin/sudo /usr/bin/sudo.away');
  t.teardown(() => pi.shell('mv /usr/bin/sudo.away /usr/bin/sudo'));
  t.is((await refusal(t, asNora({ password: secret }), 'id')).happened, 'sudo is not installed there');
});

/** Writes a lab file whose only host is the Pi's machine, reached as nora. */
async function noraFile(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const pi = { host: 'ssh://nora', ...more };
  const content = {
    name: `${lab().name}-nora`,
    broker: { host: 'external', address: '127.0.0.1' },
    pis: { pi },
    users: { sam: { password: 'sam' } },
  };
  await writeFile(path.join(lab().folder, 'nora.yaml'), JSON.stringify(content));
}

test.serial(
  'the command line: a password from a variable, which no child inherits, and --accept-new-host-keys',
  async (t) => {
    await noraFile({ password: { env: 'NORA' } });
    await rm(home.knownHosts);
    const words = ['--lab', 'nora.yaml', 'plan', '--only', 'pi'];
    const options = { env: { HOME: home.folder, SSH_AUTH_SOCK: '', NORA: PASSWORD } };
    const refused = await lab().run(words, options);
    t.is(refused.code, 2, refused.all);
    t.regex(refused.all, /unknown key SHA256:/);
    const plan = await lab().run([...words, '--accept-new-host-keys'], options);
    t.is(plan.code, 0, plan.all);
    t.regex(
      plan.all,
      /the key of 127\.0\.0\.1 port \d+ \(nora\) is not known: SHA256:\S+ \(ssh-ed25519\); kept in .*known_hosts$/m,
    );
    t.regex(plan.stdout, /package mosquitto-clients/);
    t.false(plan.all.includes(PASSWORD));
  },
);

test.serial(
  'on a terminal all is asked for, one after the other: host key, password, again when it was wrong',
  async (t) => {
    await noraFile();
    await rm(home.knownHosts);
    const env = { HOME: home.folder, SSH_AUTH_SOCK: '' };
    const terminal = startOnTerminal(['--lab', 'nora.yaml', 'plan', '--only', 'pi'], { cwd: lab().folder, env });
    await terminal.answer(/SHA256:\S{43} \(ssh-ed25519\)\s+Is it the key of that host.*\[yes\/no\] /, 'yes');
    await terminal.answer(/password of nora@127\.0\.0\.1: $/, wrong.reveal());
    await terminal.answer(/that password was not accepted\s[\s\S]*pi: password of nora@127\.0\.0\.1: $/, PASSWORD);
    const { code, shown: all } = await terminal.ended;
    t.is(code, 0, all);
    t.regex(all, /package mosquitto-clients/);
    for (const password of [secret, wrong]) t.false(all.includes(password.reveal()));
    t.is((await readFile(home.knownHosts, 'utf8')).trim(), `[127.0.0.1]:${place.pi.port} ${place.pi.hostKey}`);
  },
);

test.serial('on a terminal: a passphrase, then the password that sudo asks for; no is no', async (t) => {
  await lockKey();
  await noraFile({ identity: 'locked' });
  const env = { HOME: home.folder, SSH_AUTH_SOCK: '' };
  const words = ['--lab', 'nora.yaml', 'plan', '--only', 'pi'];
  const terminal = startOnTerminal(words, { cwd: lab().folder, env });
  await terminal.answer(/passphrase of \S+locked: $/, 'open barley');
  await terminal.answer(/passphrase of \S+locked: $/, 'open sesame');
  await terminal.answer(/sudo password of nora: $/, PASSWORD);
  const { code, shown: all } = await terminal.ended;
  t.is(code, 0, all);
  await rm(home.knownHosts);
  const asked = startOnTerminal(words, { cwd: lab().folder, env });
  await asked.answer(/\[yes\/no\] /, 'y');
  const refused = await asked.ended;
  t.is(refused.code, 2, refused.shown);
  const interrupted = startOnTerminal(words, { cwd: lab().folder, env });
  await interrupted.answer(/\[yes\/no\] /, '\u0003');
  t.is((await interrupted.ended).code, 130);
});
