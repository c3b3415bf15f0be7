import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import Docker from 'dockerode';
import { importArchive } from '../../../../provisioning/docker/base-image.ts';
import { type HandOverOptions, handOver, type Producer } from '../../../../provisioning/docker/hand-over.ts';

const LONG_MS = 60_000;
const SHORT_MS = 300;
const FOREVER = 'while :; do sleep 1; done';

/** A child of a process group of its own, as mmdebstrap is. */
function producer(t: ExecutionContext, script: string): Producer {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end: Producer['end'] = async (signal) => {
    if (child.pid !== undefined) process.kill(-child.pid, `SIG${signal}`);
  };
  t.teardown(() => end('KILL').catch(() => undefined));
  return { child, end };
}

const all: HandOverOptions['take'] = async (output) => {
  await buffer(output);
};

const run = (made: Producer, options: Partial<HandOverOptions> = {}) =>
  handOver(made, { take: all, silenceMs: LONG_MS, signal: new AbortController().signal, ...options });

test('passes the whole output on', async (t) => {
  let taken = '';
  const take = async (output: Readable) => {
    taken = (await buffer(output)).toString();
  };
  t.is(await run(producer(t, 'echo one; echo note >&2; echo two'), { take }), undefined);
  t.is(taken, 'one\ntwo\n');
});

test('gives the exit code of a child that fails by itself, also where its reader complains about the rest', async (t) => {
  const take = async (output: Readable) => {
    await buffer(output);
    throw new Error('unexpected EOF');
  };
  const cause = { kind: 'ended', code: 3, signal: undefined };
  t.deepEqual(await run(producer(t, 'echo part; exit 3'), { take }), cause);
  t.deepEqual(await run(producer(t, 'echo part; exit 3')), cause);
});

test('names the signal that ended the child from outside', async (t) => {
  const made = producer(t, `echo part; ${FOREVER}`);
  made.child.stdout.once('data', () => made.child.kill('SIGKILL'));
  t.deepEqual(await run(made), { kind: 'ended', code: undefined, signal: 'SIGKILL' });
});

test('ends a child that makes no progress, and does not take its end for the cause', async (t) => {
  const made = producer(t, `echo part; ${FOREVER}`);
  t.deepEqual(await run(made, { silenceMs: SHORT_MS }), { kind: 'silent', who: 'child' });
  t.is(made.child.signalCode, 'SIGTERM');
});

test('lets a child take much longer than the bound while it prints or writes', async (t) => {
  const begun = performance.now();
  const steps =
    'for i in 1 2 3 4 5 6; do sleep 0.2; echo note >&2; done; for i in 1 2 3 4 5 6; do sleep 0.2; echo x; done';
  t.is(await run(producer(t, steps), { silenceMs: 1_000 }), undefined);
  t.true(performance.now() - begun > 2_000);
});

test('names the taker where it takes nothing more', async (t) => {
  const never = () => new Promise<void>(() => undefined);
  const silent = { kind: 'silent', who: 'taker' };
  t.deepEqual(await run(producer(t, 'yes'), { take: never, silenceMs: SHORT_MS }), silent);
  const hangs = async (output: Readable) => {
    await buffer(output);
    await never();
  };
  t.deepEqual(await run(producer(t, 'echo all'), { take: hangs, silenceMs: SHORT_MS }), silent);
});

test('an interruption ends the child', async (t) => {
  const made = producer(t, FOREVER);
  const controller = new AbortController();
  controller.abort();
  t.deepEqual(await run(made, { signal: controller.signal }), { kind: 'interrupted' });
  t.is(made.child.signalCode, 'SIGTERM');
});

test('a program that is missing has not started', async (t) => {
  const child = spawn('/nonexistent/mmdebstrap', [], { stdio: ['ignore', 'pipe', 'pipe'] });
  const cause = await run({ child, end: async () => undefined });
  t.is(cause?.kind, 'not-started');
});

/** An engine that answers an import as the test says. */
async function engine(t: ExecutionContext, answer: RequestListener): Promise<Docker> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return new Docker({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
}

const importing =
  (docker: Docker): HandOverOptions['take'] =>
  (archive, signal) =>
    importArchive(docker, archive, { tag: 'mqtt-lab/base:bookworm', label: 'base=bookworm', signal });

test("gives the engine's words where it refuses the archive before its end", async (t) => {
  const docker = await engine(t, (request, response) => {
    request.once('data', () => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end('{"message":"no space left on device"}');
    });
  });
  const cause = await run(producer(t, `yes | head -c 300000; ${FOREVER}`), { take: importing(docker) });
  t.is(cause?.kind, 'refused');
  t.regex(cause?.kind === 'refused' ? cause.why : '', /no space left on device/);
});

test('an engine that closes the connection refuses the archive; the end of the child is no cause', async (t) => {
  const docker = await engine(t, (request) => {
    request.once('data', () => request.socket.destroy());
  });
  const made = producer(t, 'yes');
  const cause = await run(made, { take: importing(docker) });
  t.is(cause?.kind, 'refused');
  t.regex(cause?.kind === 'refused' ? cause.why : '', /socket hang up|EPIPE|ECONNRESET/);
  t.is(made.child.signalCode, 'SIGTERM');
});
