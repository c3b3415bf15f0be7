import { PassThrough } from 'node:stream';
import test from 'ava';
import Docker from 'dockerode';
import { errorLines, follow } from '../../../../provisioning/docker/events.ts';

const docker = new Docker({ host: '127.0.0.1', port: 1 });

function events(...all: object[]): PassThrough {
  const stream = new PassThrough();
  for (const event of all) stream.write(`${JSON.stringify(event)}\n`);
  return stream;
}

test("gives the errors that a build printed before the engine's message", async (t) => {
  const stream = events(
    { stream: 'Step 2/5 : RUN apt-get update\n' },
    { stream: 'E: Unable to locate package nftables\n' },
    { error: 'The command returned a non-zero code: 100' },
  );
  stream.end();
  const message = 'The command returned a non-zero code: 100\n    E: Unable to locate package nftables';
  await t.throwsAsync(follow(docker, stream, {}), { message });
});

test('names the bound that passed', async (t) => {
  await t.throwsAsync(follow(docker, events({ status: 'Pulling' }), { silenceMs: 200 }), {
    message: 'the engine reported no progress for 0.2 s',
  });
});

test('takes longer than the bound while events come', async (t) => {
  const stream = events();
  const lines: string[] = [];
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    if (count < 8) stream.write('{"status":"Extracting"}\n');
    else stream.end();
  }, 100);
  t.teardown(() => clearInterval(timer));
  await follow(docker, stream, { silenceMs: 500, onLine: (line) => lines.push(line) });
  t.is(lines.length, 7);
});

test('takes errors and warnings from output, each once, or else its end', (t) => {
  t.is(
    errorLines('I: one\nW: two\nW: two\ndpkg: error processing x\nE: three\n'),
    'W: two\n    dpkg: error processing x\n    E: three',
  );
  t.is(errorLines('one\n\ntwo\n'), 'one\n    two');
});
