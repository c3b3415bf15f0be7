import { PassThrough, Readable } from 'node:stream';
import test from 'ava';
import { follow } from '../../../../provisioning/docker/events.ts';

const events = (...lines: object[]) => Readable.from(lines.map((line) => `${JSON.stringify(line)}\r\n`));

test('gives the lines of a build and of a pull', async (t) => {
  const lines: string[] = [];
  await follow(events({ stream: 'Step 1\n' }, { status: 'Pulling' }, { aux: {} }), 1_000, (line) => lines.push(line));
  t.deepEqual(lines, ['Step 1', 'Pulling']);
});

test('fails with the error event of a stream that ends like a success', async (t) => {
  await t.throwsAsync(follow(events({ stream: 'Step 1' }, { error: 'no space left' }), 1_000), {
    message: 'no space left',
  });
});

test('fails when no event comes in time', async (t) => {
  await t.throwsAsync(follow(new PassThrough(), 20), { message: 'no progress for 0.02 s' });
});

test('fails when the connection breaks', async (t) => {
  const stream = new PassThrough();
  setTimeout(() => stream.destroy(), 5);
  await t.throwsAsync(follow(stream, 1_000), { message: 'the engine closed the connection' });
});
