import { createServer } from 'node:net';
import test from 'ava';
import { describePortState, portQuery, portStateOf } from '../../../deployment/why-unreachable.ts';
import { programsFor, sh } from '../_sh.ts';

const PORT = 1883;
const HOLDER = 'holder 612 /usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf';
const ANY = 'address 00000000';

/** [case; the host's lines; what is said of it] */
const rows: readonly (readonly [name: string, lines: readonly string[], said: readonly RegExp[]])[] = [
  ['ufw', [HOLDER, ANY, 'firewall ufw', 'nft ip filter INPUT'], [/firewall .*: ufw/, /sudo ufw allow 1883\/tcp/]],
  ['firewalld', [HOLDER, ANY, 'firewall firewalld'], [/firewalld/, /--add-port=1883\/tcp/]],
  [
    'iptables',
    [HOLDER, ANY, 'firewall iptables'],
    [/iptables/, /sudo iptables -I INPUT -p tcp --dport 1883 -j ACCEPT/],
  ],
  [
    'nft',
    [HOLDER, ANY, 'nft inet filter input'],
    [/nft \(table inet filter\)/, /sudo nft insert rule inet filter input tcp dport 1883 accept/],
  ],
  ['no firewall there', [HOLDER, ANY], [/no firewall was found on that host/, /router/]],
  [
    'loopback',
    [HOLDER, 'address 0100007F', 'address 00000000000000000000000001000000'],
    [/only for programs on that host/],
  ],
];

for (const [name, lines, said] of rows) {
  test(`says why a port cannot be reached: ${name}`, (t) => {
    const why = describePortState(portStateOf({ code: 0, output: lines.join('\n') }, PORT), PORT);
    t.regex(why?.happened ?? '', /process 612 \/usr\/sbin\/mosquitto .* listens on port 1883 there/);
    for (const fact of said) t.regex(`${why?.happened}\n${why?.advice}`, fact);
  });
}

test('names no process that is hidden', (t) => {
  const output = 'holder 0 a process of another namespace or user\n';
  t.regex(
    describePortState(portStateOf({ code: 0, output }, PORT), PORT)?.happened ?? '',
    /^a program listens on port/,
  );
});

test('says nothing where no program listens', (t) => {
  t.is(describePortState(portStateOf({ code: 0, output: 'firewall ufw\n' }, PORT), PORT), undefined);
});

/** What `nft list ruleset` prints on a host whose input lets only ssh in. */
const RULES = `table inet lab {
	chain in {
		type filter hook input priority filter; policy drop;
		tcp dport 22 accept
	}
	chain out {
		type filter hook output priority filter; policy accept;
		tcp dport 25 drop
	}
}
table ip theirs {
	chain input {
		type filter hook input priority 10; policy accept;
		tcp dport 22 accept
		counter packets 0 bytes 0 drop
	}
}`;

test('finds the process, its addresses, and the chains that drop input', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await new Promise((resolve) => server.on('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const path = programsFor(t, {
    nft: `cat <<'END'\n${RULES}\nEND`,
    ufw: 'echo "Status: inactive"',
    iptables: "printf '%s\\n' '-P INPUT ACCEPT' '-A INPUT -j f2b-sshd'",
    ip6tables: 'exit 1',
    'firewall-cmd': 'exit 252',
  });
  const { stdout, code } = sh(portQuery(port).script, { path });
  t.is(code, 0);
  t.regex(stdout, new RegExp(`^holder ${process.pid} `, 'm'));
  t.deepEqual(
    stdout.split('\n').filter((line) => /^(nft|firewall|address) /.test(line)),
    ['address 0100007F', 'nft inet lab in', 'nft ip theirs input'],
  );
  const state = portStateOf({ code: 0, output: stdout }, port);
  t.true(state.isLoopbackOnly);
});

test('finds the front ends of the firewall', (t) => {
  const path = programsFor(t, {
    nft: 'exit 1',
    ufw: 'echo "Status: active"',
    iptables: "printf '%s\\n' '-P INPUT DROP' '-A INPUT -p tcp --dport 22 -j ACCEPT'",
    ip6tables: "printf '%s\\n' '-P INPUT ACCEPT' '-A INPUT -j REJECT --reject-with icmp6-port-unreachable'",
    'firewall-cmd': 'echo running',
  });
  const { stdout } = sh(portQuery(1).script, { path });
  t.deepEqual(
    stdout.split('\n').filter((line) => line.startsWith('firewall ')),
    ['firewall ufw', 'firewall firewalld', 'firewall iptables', 'firewall ip6tables'],
  );
});
