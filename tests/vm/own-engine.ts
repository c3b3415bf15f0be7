import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { packed } from '../slow/support/stranger.ts';
import { ownMachines } from './support/own-machines.ts';

const machines = ownMachines('own-engine', 12);
/** The engine, two images and their packages, on an emulated processor. */
const UP_MS = 3_600_000;
const FOLDER = '/srv/lab';
const FETCH = 'import sys, urllib.request as u; [u.urlretrieve(sys.argv[1] + name, name) for name in sys.argv[2:]]';

test.serial('the default lab comes up on a machine with systemd that has no Docker engine yet', async (t) => {
  const { broker, folder } = machines();
  const files = { node: process.execPath, 'package.tgz': path.join(folder, await packed(undefined, folder)) };
  await using server = await serving({ ...files, 'lab.yaml': path.resolve('lab.yaml') }, gatewayOf(broker.address));
  await broker.shell(`mkdir ${FOLDER} && cd ${FOLDER} && python3 -c '${FETCH}' ${server.url} node package.tgz lab.yaml
chmod 755 node && tar -xzf package.tgz`);
  const lab = async (words: string) =>
    await broker.shell(`cd ${FOLDER} && ./node package/dist/mqtt-lab.js ${words} 2>&1`, UP_MS);
  t.regex(await lab('up --no-verify'), /^hosts: [1-9]\d* changed$/m);
  t.regex(await lab('up --no-verify'), /^hosts: 0 changed$/m);
  t.regex(await lab('down'), /^removed: 1 container, 1 network, /m);
});

/** This machine on the network of the emulated ones. */
function gatewayOf(address: string): string {
  return address.replace(/\d+$/, '1');
}

async function serving(files: Readonly<Record<string, string>>, address: string) {
  const server = createServer(({ url = '' }, response) => {
    const file = files[url.slice(1)];
    if (file === undefined) response.writeHead(404).end();
    else createReadStream(file).pipe(response);
  });
  server.listen(0, address);
  await once(server, 'listening');
  const at = server.address();
  return {
    url: `http://${address}:${typeof at === 'object' ? at?.port : ''}/`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
