import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { cutWhileConnected } from '../../../../probes/network/held-cut.ts';
import type { Command, Host } from '../../../../provisioning/hosts/host.ts';
import { localHost } from '../../../../provisioning/hosts/local.ts';
import { until } from '../../../lab/support/until.ts';
import { onLoopback } from '../../_fake-broker.ts';
import { programsFor } from '../../_sh.ts';

const BOUND_MS = 20_000;

/** This machine with other programs for root, who is the same user. */
function withPrograms(path: string, commands: Command[] = []): Host {
  const here = localHost('here');
  return {
    ...here,
    start(command) {
      commands.push(command);
      const script = `PATH=${path}:$PATH\n${command.script}`;
      return here.start({ ...command, script, root: false });
    },
  };
}

async function connection(t: ExecutionContext): Promise<{ readonly local: number; readonly port: number }> {
  const sockets: Socket[] = [];
  const { port } = await onLoopback(
    t,
    createServer((socket) => sockets.push(socket)),
    sockets,
  );
  const client = createConnection({ port, host: '127.0.0.1' });
  t.teardown(() => client.destroy());
  await once(client, 'connect');
  return { local: client.localPort ?? 0, port };
}

const NFT = `case $1 in
-f) cat >"$0.rules" ;;
list) sed 's/counter drop/counter packets 2 bytes 104 drop/' "$0.rules" ;;
delete) rm "$0.rules" ;;
esac`;

test('cuts the connection of a process until it is lifted, and returns what was dropped', async (t) => {
  const path = programsFor(t, { nft: NFT, iptables: 'exit 1' });
  const rules = `${path}/nft.rules`;
  const { local, port } = await connection(t);
  const cut = await cutWhileConnected(withPrograms(path), process.pid, port);
  t.is(cut.tool, 'nft');
  t.is(cut.flow.clientPort, local);
  t.regex(readFileSync(rules, 'utf8'), new RegExp(`sport ${local} tcp dport ${port} counter drop`));
  const dropped = { segments: 2, bytes: 104 };
  t.deepEqual(await cut.lift(), { sent: dropped, received: dropped });
  t.false(existsSync(rules));
  await cut[Symbol.asyncDispose]();
});

test('undoes a cut also when its command is ended', async (t) => {
  const path = programsFor(t, { nft: NFT, iptables: 'exit 1' });
  const { port } = await connection(t);
  const stop = new AbortController();
  const host = withPrograms(path);
  const stopped: Host = { ...host, start: (command) => host.start({ ...command, signal: stop.signal }) };
  await cutWhileConnected(stopped, process.pid, port);
  t.true(existsSync(`${path}/nft.rules`));
  stop.abort();
  await until('the end of the cut', BOUND_MS, () => (existsSync(`${path}/nft.rules`) ? undefined : true));
});

test('says why it cannot cut', async (t) => {
  const { port } = await connection(t);
  const none = programsFor(t, { nft: 'echo "no such family" >&2; exit 1', iptables: 'exit 1' });
  await t.throwsAsync(cutWhileConnected(withPrograms(none), process.pid, port), {
    message: /^here: cut the network: neither nft nor iptables works on here \(no such family\)/,
  });
  const here = localHost('here');
  const noRoot: Host = {
    ...here,
    start: (command) =>
      here.start(
        command.root ? { ...command, root: false, script: 'echo "sudo: a terminal is required" >&2; exit 1' } : command,
      ),
  };
  await t.throwsAsync(cutWhileConnected(noRoot, process.pid, port), {
    message: /^here: cut the network: exit code 1\n {4}sudo: a terminal is required\n {2}try: run `sudo -v` /,
  });
});
