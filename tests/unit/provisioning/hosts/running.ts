import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { deferred } from '../../../../base/deferred.ts';
import { LabError } from '../../../../base/errors.ts';
import { startOver, type Transport } from '../../../../provisioning/hosts/running.ts';

/** A transport whose command does nothing but what the test says; `endsOn` is the signal that ends it. */
function fakeTransport(endsOn: string | undefined = 'TERM') {
  const exit = deferred<number>();
  const launched = deferred<{ stdout: (text: string) => void; stderr: (text: string) => void }>();
  const signals: string[] = [];
  const transport: Transport = {
    async launch(stdout, stderr) {
      stdout('hello from a start-up file\nmqtt-lab begins: process group 42\n');
      stderr('so do I\nmqtt-lab begins: errors of 42\n');
      launched.resolve({ stdout, stderr });
      return { exit: exit.promise };
    },
    async killGroup(group, signal) {
      signals.push(`${signal} ${group}`);
      if (signal === endsOn) exit.resolve(143);
    },
  };
  return { transport, exit, launched: launched.promise, signals };
}

/** As a socket or a child process would, keeps this process alive while a transport does nothing. */
function stayAlive(t: ExecutionContext): void {
  const alive = setInterval(() => undefined, 1000);
  t.teardown(() => clearInterval(alive));
}

const command = { step: 'install', script: 'x', timeoutMs: 10_000 };

test('gives output, lines and exit code', async (t) => {
  const { transport, exit, launched, signals } = fakeTransport();
  const lines: string[] = [];
  const running = startOver('pi', transport, { ...command, onLine: (line, stream) => lines.push(`${stream}:${line}`) });
  const { stdout, stderr } = await launched;
  for (const text of ['one\ntw', 'o\nlast']) stdout(text);
  stderr('warning\n');
  exit.resolve(3);
  t.deepEqual(await running.result, { code: 3, stdout: 'one\ntwo\nlast', stderr: 'warning\n' });
  t.deepEqual(lines, ['stdout:one', 'stdout:two', 'stderr:warning', 'stdout:last']);
  t.is(await running.group, 42);
  t.deepEqual(signals, []);
});

test('gives what the login shell or sudo printed in place of the command, and no lines', async (t) => {
  const lines: string[] = [];
  const transport: Transport = {
    async launch(stdout, stderr) {
      stdout('hello\n');
      stderr('sudo: a password is required\n');
      return { exit: Promise.resolve(1) };
    },
    killGroup: async () => {},
  };
  const running = startOver('pi', transport, { ...command, onLine: (line) => lines.push(line) });
  const expected = { code: 1, stdout: 'hello\n', stderr: 'sudo: a password is required\n' };
  t.deepEqual(await running.result, expected);
  await t.throwsAsync(running.group);
  t.deepEqual(lines, []);
});

test('names the start-up file where a command is late before it has begun', async (t) => {
  const transport: Transport = { launch: () => new Promise(() => undefined), killGroup: async () => {} };
  stayAlive(t);
  const { result } = startOver('pi', transport, { ...command, timeoutMs: 30 });
  await t.throwsAsync(result, { message: /~\/\.bashrc/ });
});

test('starts nothing once a command that waits to start is given up', async (t) => {
  let given: AbortSignal | undefined;
  const transport: Transport = {
    launch: (_stdout, _stderr, signal) => {
      given = signal;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    killGroup: async () => {},
  };
  const interrupt = new AbortController();
  const { result } = startOver('pi', transport, { ...command, signal: interrupt.signal });
  interrupt.abort();
  await t.throwsAsync(result, { message: 'pi: install: interrupted' });
  t.true(given?.aborted);
});

test('ends a command after its time limit, and the error names host, step and limit', async (t) => {
  const { transport, signals } = fakeTransport();
  const error = await t.throwsAsync(startOver('pi', transport, { ...command, timeoutMs: 30 }).result, {
    instanceOf: LabError,
  });
  t.is(error?.message.split('\n')[0], 'pi: install: not finished after 0.03 s');
  t.deepEqual(signals, ['TERM 42']);
});

test('gives a command all the time it needs while it prints, where its bound is on silence', async (t) => {
  stayAlive(t);
  const { transport, exit, launched } = fakeTransport();
  const { result } = startOver('pi', transport, { ...command, timeoutMs: 400, isRenewedByOutput: true });
  const { stderr } = await launched;
  for (let count = 0; count < 8; count += 1) {
    await sleep(100);
    stderr('Unpacking\n');
  }
  exit.resolve(0);
  t.is((await result).code, 0);
});

test('names the silence and the last output before it', async (t) => {
  const { transport, launched } = fakeTransport();
  const { result } = startOver('pi', transport, { ...command, timeoutMs: 30, isRenewedByOutput: true });
  (await launched).stdout('Setting up mosquitto\n');
  await t.throwsAsync(result, { message: /no output for 0\.03 s, so the lab ended it\n {4}Setting up mosquitto\n/ });
});

test('kills a command that ignores TERM', async (t) => {
  stayAlive(t);
  const { transport, signals } = fakeTransport('KILL');
  await t.throwsAsync(startOver('pi', transport, { ...command, timeoutMs: 30 }).result);
  t.deepEqual(signals, ['TERM 42', 'KILL 42']);
});

test('ends a command at once on an interrupt', async (t) => {
  const { transport, launched, signals } = fakeTransport();
  const interrupt = new AbortController();
  const { result } = startOver('pi', transport, { ...command, signal: interrupt.signal });
  await launched;
  interrupt.abort();
  await t.throwsAsync(result, { message: 'pi: install: interrupted' });
  t.deepEqual(signals, ['TERM 42']);
});

test('launches nothing after an interrupt', async (t) => {
  const { transport } = fakeTransport();
  let launches = 0;
  const counting: Transport = {
    ...transport,
    launch(...args) {
      launches += 1;
      return transport.launch(...args);
    },
  };
  const { result } = startOver('pi', counting, { ...command, signal: AbortSignal.abort() });
  await t.throwsAsync(result, { message: 'pi: install: interrupted' });
  t.is(launches, 0);
});

test('ends a command that starts after its time limit', async (t) => {
  const { transport, signals } = fakeTransport();
  const slow: Transport = {
    ...transport,
    async launch(...args) {
      await sleep(100);
      return await transport.launch(...args);
    },
  };
  await t.throwsAsync(startOver('pi', slow, { ...command, timeoutMs: 30 }).result, {
    message: /not finished after 0.03 s/,
  });
  t.deepEqual(signals, ['TERM 42']);
});

test('rejects with a failed launch, without a process group', async (t) => {
  const transport: Transport = { launch: () => Promise.reject(new Error('no channel')), killGroup: async () => {} };
  const running = startOver('pi', transport, command);
  await t.throwsAsync(running.result, { message: 'no channel' });
  await t.throwsAsync(running.group, { message: 'pi: install: the command did not start' });
});

test('rejects when the host dies', async (t) => {
  const { transport, exit, launched } = fakeTransport();
  const { result } = startOver('pi', transport, command);
  await launched;
  exit.reject(new Error('the connection ended'));
  await t.throwsAsync(result, { message: 'the connection ended' });
});

test('gives up a launch that never answers', async (t) => {
  const transport: Transport = { launch: () => new Promise(() => undefined), killGroup: async () => {} };
  stayAlive(t);
  await t.throwsAsync(startOver('pi', transport, { ...command, timeoutMs: 30 }).result, {
    message: /not finished after/,
  });
});
