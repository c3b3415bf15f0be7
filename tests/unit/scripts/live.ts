import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import type { Command } from '../../../live/protocol.ts';
import { until } from '../../lab/support/until.ts';
import { PROJECT } from '../../suite/child.ts';
import { fakeBroker } from '../_fake-broker.ts';
import { folderFor } from '../_sh.ts';
import { runLab } from './_run-lab.ts';

const BOUND_MS = 60_000;
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

/** The lab file of a broker that accepts everybody. */
async function labFor(t: ExecutionContext): Promise<string> {
  const { port } = await fakeBroker(t, ({ cmd }, socket) => void (cmd === 'connect' && socket.write(CONNACK)));
  return labAt(t, port);
}

function labAt(t: ExecutionContext, port: number): string {
  const file = path.join(folderFor(t), 'lab.yaml');
  const text = `name: class
broker: { host: external, address: 127.0.0.1, port: ${port} }
users: { sam: { password: sam-password } }
topics: { status: { publish: [sam], subscribe: [sam] } }
`;
  writeFileSync(file, text);
  return file;
}

/** A live view in a process of its own, without a desktop. */
async function started(t: ExecutionContext, file: string, more: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['lab', 'live', '--lab', file], {
    ...{ cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...more },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  const [address = ''] = await until('the address', BOUND_MS, () => /http:\S+/.exec(output.text) ?? undefined);
  return { child, address, output };
}

/** Waits until a page has its setup, and leaves it open. */
async function begun(address: string): Promise<void> {
  const events = await fetch(`${address}events`);
  await events.body?.getReader().read();
}

test('serves the page until Ctrl-C, then exits with 0 and leaves no lock', async (t) => {
  const file = await labFor(t);
  const { child, address } = await started(t, file);
  t.is((await fetch(address)).status, 200);
  await begun(address);
  const second = await runLab('live', '--lab', file);
  t.is(second.status, 2);
  t.regex(second.stderr, new RegExp(`open the live view: process ${child.pid} \\(.* live .*\\) shows this lab\\n`));
  const closed = once(child, 'close');
  child.kill('SIGINT');
  t.deepEqual((await closed).slice(0, 1), [0]);
  await t.throwsAsync(fetch(address));
  t.deepEqual(readdirSync(path.join(path.dirname(file), '.lab', 'live-locks')), []);
});

test('starts again after a live view that was killed', async (t) => {
  const file = await labFor(t);
  const killed = await started(t, file);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'close');
  t.true(existsSync(path.join(path.dirname(file), '.lab', 'live-locks', 'class')));
  const { address } = await started(t, file);
  t.is((await fetch(address)).status, 200);
});

test('needs a lab that is up', async (t) => {
  const { status, stderr } = await runLab('live', '--lab', labAt(t, 1));
  t.is(status, 2);
  t.regex(stderr, /no answer from the broker/);
});

/** Sends a command as the page does. */
async function command(address: string, body: Command): Promise<number> {
  const headers = { 'content-type': 'application/json', origin: new URL(address).origin };
  return (await fetch(`${address}command`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
}

test('an error that nothing catches ends it in order: DISCONNECT, exit 2, no stack trace, no lock', async (t) => {
  const received: string[] = [];
  const { port } = await fakeBroker(t, ({ cmd }, socket) => {
    received.push(cmd);
    if (cmd === 'connect') socket.write(CONNACK);
  });
  const file = labAt(t, port);
  const script = "process.on('SIGUSR2',()=>{throw(new(Error)('broken'))})";
  const { child, address, output } = await started(t, file, {
    NODE_OPTIONS: `--import=data:text/javascript,${script}`,
  });
  await begun(address);
  const client = { user: 'sam', place: '', program: 'mqtt.js', version: 4, clean: true, keepAlive: 60 } as const;
  const connect = { do: 'connect', side: 'publisher', settings: { ...client, listener: port } } as const;
  t.is(await command(address, connect), 204);
  const before = received.filter((cmd) => cmd === 'disconnect').length;
  const closed = once(child, 'close');
  child.kill('SIGUSR2');
  t.deepEqual((await closed).slice(0, 1), [2]);
  t.is(received.filter((cmd) => cmd === 'disconnect').length, before + 1);
  t.regex(output.text, /^live view: run: an error that nothing catches: broken$/m);
  t.notRegex(output.text, /^ {4}at /m);
  t.deepEqual(readdirSync(path.join(path.dirname(file), '.lab', 'live-locks')), []);
});

test('Ctrl-C saves an answer that was not saved, and says where', async (t) => {
  const { child, address, output } = await started(t, await labFor(t));
  await begun(address);
  t.is(await command(address, { do: 'answer', step: '2.3c', text: 'about a minute' }), 204);
  const closed = once(child, 'close');
  child.kill('SIGINT');
  t.deepEqual((await closed).slice(0, 1), [0]);
  const [, saved = ''] = /^answers that were not saved are in (.*)$/m.exec(output.text) ?? [];
  t.regex(readFileSync(saved, 'utf8'), /about a minute/);
});

test('Ctrl-C before the broker has answered ends it too, with 0', async (t) => {
  const { port } = await fakeBroker(t, () => undefined);
  const { child } = await started(t, labAt(t, port));
  const closed = once(child, 'close');
  child.kill('SIGINT');
  t.deepEqual((await closed).slice(0, 1), [0]);
});
