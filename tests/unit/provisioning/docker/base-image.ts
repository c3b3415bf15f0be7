import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import test from 'ava';
import Docker from 'dockerode';
import { importArchive } from '../../../../provisioning/docker/base-image.ts';

test('connects to the engine for an import only once the archive has begun', async (t) => {
  const bodies: string[] = [];
  const engine = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.end(request.url?.includes('_ping') === true ? 'OK' : '{"status":"sha256:1"}\n');
  });
  let connections = 0;
  engine.on('connection', () => {
    connections += 1;
  });
  engine.listen(0, '127.0.0.1');
  await once(engine, 'listening');
  t.teardown(() => {
    engine.close();
    engine.closeAllConnections();
  });
  const docker = new Docker({ host: '127.0.0.1', port: (engine.address() as AddressInfo).port });
  const archive = new PassThrough();
  const imported = importArchive(docker, archive, {
    tag: 'mqtt-lab/base:bookworm',
    label: 'base=bookworm',
    signal: new AbortController().signal,
  });
  // a round trip, so that a connection for the import would have been made before this one
  await docker.ping();
  t.is(connections, 1);
  archive.end('a tar archive');
  await imported;
  t.deepEqual(bodies, ['', 'a tar archive']);
});
