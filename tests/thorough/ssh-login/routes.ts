import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { ed25519Pair } from '../../../provisioning/hosts/ed25519.ts';
import { sshHost } from '../../../provisioning/hosts/ssh.ts';
import { until } from '../../lab/support/until.ts';
import { at, hosts, knownAs, type Logins, refusal, say } from './stage.ts';

/** Over which way a host is reached: ~/.ssh/config, hops, proxy commands. */
export const routes: Logins = (there) => {
  test.serial('uses an alias of ~/.ssh/config: its host, port, user and key', async (t) => {
    await using host = await sshHost('broker', at('hub'));
    t.is(await say(host, 'whoami; hostname'), 'debian\nbroker');
  });

  test.serial('prefers the lab file to ~/.ssh/config', async (t) => {
    const { lab, pi } = there();
    await using host = await sshHost('pi', at('hub', { user: 'pi', port: pi.port, hostKey: pi.hostKey }));
    t.is(await say(host, 'whoami; hostname'), 'pi\npi');
    const other = ed25519Pair().public.split(' ').slice(0, 2).join(' ');
    t.regex((await refusal(t, at('hub', { hostKey: other }))).happened, /the pinned key has/);
    const stranger = path.join(lab.folder, 'stranger');
    await writeFile(stranger, ed25519Pair().private, { mode: 0o600 });
    t.is((await refusal(t, at('hub', { identity: stranger }))).happened, 'none of the keys was accepted');
  });

  test.serial('connects over one hop, and over two', async (t) => {
    const { home, broker, pi, key } = there();
    {
      await using host = await sshHost('pi', at('kitchen'));
      t.is(await say(host, 'hostname; echo "$' + '{SSH_CONNECTION%% *}"'), `pi\n${broker.address}`);
    }
    const back = `Host back\n HostName ${broker.address}\n User debian\n HostKeyAlias hub\n IdentityFile ${key}`;
    await home.configure(hosts(there(), `${back}\n ProxyJump hub,kitchen`));
    await writeFile(home.knownHosts, knownAs('hub', broker), { flag: 'a' });
    await using host = await sshHost('broker', at('back'));
    t.is(await say(host, 'hostname; echo "$' + '{SSH_CONNECTION%% *}"'), `broker\n${pi.address}`);
  });

  test.serial('shows ssh’s message about a hop that refuses the user, and what to check', async (t) => {
    const { home, lab } = there();
    const stranger = path.join(lab.folder, 'stranger');
    await writeFile(stranger, ed25519Pair().private, { mode: 0o600 });
    await home.configure(
      hosts(there()).replace(/^( User debian\n IdentityFile) .*/m, `$1 ${stranger}\n IdentitiesOnly yes`),
    );
    const { step, happened, advice } = await refusal(t, at('kitchen'));
    t.regex(step, /^ssh pi@\S+ port 22 through hub$/);
    t.regex(happened, /\n {4}.*Permission denied/);
    t.regex(advice ?? '', /`ssh hub` logs in without a question/);
  });

  test.serial('tries a host again that drops connections under load', async (t) => {
    const { lab, broker } = there();
    const hub = lab.container('broker');
    // of this keyword the last value holds, of most others the first
    const startups = (line: string) => hub.shell(`echo '${line}' >/etc/ssh/sshd_config.d/zz.conf && kill -HUP 1`);
    await startups('MaxStartups 1:100:1');
    t.teardown(() => startups(''));
    // sshd's title shows its limits
    const isNew = () => hub.shell("pgrep -f '[0] of 1-1 startups' || true").then((found) => found !== '' || undefined);
    await until('the new sshd', 10_000, isNew);
    // one that says nothing takes the only place, and is left when the next has come twice
    const silent = connect(broker.port, '127.0.0.1');
    await once(silent, 'data');
    let came = 0;
    const relay = createServer((socket) => {
      came += 1;
      if (came === 2) silent.destroy();
      const onward = connect(broker.port, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    t.teardown(() => relay.close());
    await once(relay, 'listening');
    const place = relay.address();
    if (place === null || typeof place === 'string') return t.fail();
    await using host = await sshHost('broker', at('hub', { port: place.port, hostKey: broker.hostKey }));
    t.is(await say(host, 'hostname'), 'broker');
    t.true(came >= 2, `${came}`);
  });

  test.serial('connects by a ProxyCommand, and shows the message of one that fails', async (t) => {
    const { lab, home, pi, key } = there();
    const program = path.join(lab.folder, 'relay.cjs');
    await writeFile(
      program,
      "const s = require('net').connect(process.argv[3], process.argv[2]); process.stdin.pipe(s); s.pipe(process.stdout);",
    );
    const behind = (command: string) =>
      hosts(
        there(),
        `Host behind\n HostName 127.0.0.1\n Port ${pi.port}\n User pi\n IdentityFile ${key}\n ProxyCommand ${command}`,
      );
    await home.configure(behind(`${process.execPath} ${program} %h %p`));
    {
      await using host = await sshHost('pi', at('behind'));
      t.is(await say(host, 'whoami'), 'pi');
    }
    await home.configure(behind('sh -c "echo no way to %h >&2; exit 1"'));
    t.regex((await refusal(t, at('behind'))).happened, /\n {4}no way to 127\.0\.0\.1$/);
    // the connection is lost before a word has come
    await home.configure(behind('sh -c "exec <&- >&-; sleep 0.2; echo no way to %h >&2; exit 1"'));
    t.regex(
      (await refusal(t, at('behind'))).happened,
      /^Connection lost before handshake\n {4}no way to 127\.0\.0\.1$/,
    );
  });

  test.serial('shows ssh’s message about a configuration that it refuses', async (t) => {
    await there().home.configure('Hots x');
    const { step, happened } = await refusal(t, at('x'));
    t.is(step, 'read the ssh configuration for x');
    t.regex(happened, /Bad configuration option: hots/);
  });
};
