import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { DockerError, dockerClient } from '../../../../provisioning/docker/client.ts';
import { follow } from '../../../../provisioning/docker/events.ts';
import { folderFor } from '../../_sh.ts';

type Asked = { readonly line: string; readonly type: string | undefined; readonly body: string };

/** An engine on a socket that gives one answer to everything, and notes what it was asked. */
async function engineFor(t: ExecutionContext, answer: string, statusCode = 200) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${decodeURIComponent(request.url ?? '')}`;
    asked.push({ line, type: request.headers['content-type'], body: await text(request) });
    response.writeHead(statusCode).end(answer);
  });
  const socketPath = join(folderFor(t), 'engine.sock');
  server.listen(socketPath);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { docker: dockerClient({ socketPath }), asked };
}

test('asks with filters as JSON and gives the answer', async (t) => {
  const { docker, asked } = await engineFor(t, '[{"Id":"1"}]');
  const found = await docker.listContainers({ all: true, filters: { label: ['a=b'] } });
  t.deepEqual(
    found.map(({ Id }) => Id),
    ['1'],
  );
  t.deepEqual(asked, [{ line: 'GET /containers/json?all=true&filters={"label":["a=b"]}', type: undefined, body: '' }]);
});

test('creates a container: name and platform in the address, the rest as JSON', async (t) => {
  const { docker, asked } = await engineFor(t, '{"Id":"1"}');
  await docker.createContainer({ name: 'x', Image: 'y' });
  t.deepEqual(asked, [{ line: 'POST /containers/create?name=x', type: 'application/json', body: '{"Image":"y"}' }]);
});

test('sends a stream as a tar archive, and repeats a parameter that is a list', async (t) => {
  const { docker, asked } = await engineFor(t, '');
  const events = await docker.importImage(Readable.from(['archive']), { repo: 'r', changes: ['A', 'B'] });
  await follow(events, 1_000);
  t.deepEqual(asked, [
    { line: 'POST /images/create?repo=r&changes=A&changes=B&fromSrc=-', type: 'application/x-tar', body: 'archive' },
  ]);
});

for (const [answer, message] of [
  ['{"message":"No such image: x"}', 'No such image: x'],
  ['not found', 'not found'],
  ['', 'HTTP status 404'],
] as const) {
  test(`an error that says ${answer || 'nothing'} has the message ${message}`, async (t) => {
    const { docker } = await engineFor(t, answer, 404);
    const error = await t.throwsAsync(docker.getImage('x').inspect(), { instanceOf: DockerError, message });
    t.is(error.statusCode, 404);
  });
}

test('an engine that does not run: the code of the socket', async (t) => {
  const docker = dockerClient({ socketPath: join(folderFor(t), 'none.sock') });
  await t.throwsAsync(docker.ping(), { code: 'ENOENT' });
});

test('an aborted call ends with an error', async (t) => {
  const server = createServer(() => undefined);
  const socketPath = join(folderFor(t), 'engine.sock');
  server.listen(socketPath);
  await once(server, 'listening');
  t.teardown(() => server.close());
  const abort = new AbortController();
  const pulled = dockerClient({ socketPath }).pull('debian:12', { abortSignal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await t.throwsAsync(pulled, { name: 'AbortError' });
});
