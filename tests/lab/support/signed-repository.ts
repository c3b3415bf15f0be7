import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { shellScript } from '../../../base/shell-script.ts';
import type { Container } from './container.ts';

/** Higher than any version of Debian's. */
export const VERSION = '99.0-1';
/** A package that no other source has, and that the clients need. */
export const COMPANION = 'libmosquitto-common1';

/** A package that other sources have too, and that the clients need in the same version. */
export const LIBRARY = 'libmosquitto1';

/** The fault of a repository. `expired` has a valid signature by a key that has expired in the copies of others. */
export type Kind = 'sound' | 'expired' | 'tampered' | 'forged' | 'unsigned';

export type SignedRepository = AsyncDisposable & {
  readonly suite: string;
  readonly url: (kind: Kind) => string;
  /** Public keys: armoured, and the sound one's also binary. */
  readonly keys: { readonly sound: string; readonly other: string; readonly expired: string; readonly binary: Buffer };
  /** The sound key over https, with a certificate of the test's own. */
  readonly keyUrl: string;
  readonly certificate: string;
  /** Requested paths. */
  readonly requests: string[];
};

/** The files that the script makes in /srv/made, by name. */
type Made = Readonly<Record<string, Buffer>>;

const MAKE_MS = 120_000;

/**
 * Serves signed repositories from this machine. A container makes their parts, so that this machine needs neither gpg
 * nor dpkg-deb.
 * @param address this machine as the container sees it
 */
export async function serveSignedRepository(container: Container, address: string): Promise<SignedRepository> {
  const made = await make(container);
  const text = (name: string) => file(made, name).toString('utf8');
  const suite = text('suite').trim();
  const requests: string[] = [];
  const handle: RequestListener = ({ url = '' }, response) => {
    requests.push(url);
    const content = answer(made, suite, text('architecture').trim(), url);
    response.writeHead(content === undefined ? 404 : 200).end(content);
  };
  const plain = createServer(handle);
  const tls = createTlsServer({ key: text('tls.key'), cert: text('tls.crt') }, handle);
  const port = await listen(plain, '0.0.0.0');
  const tlsPort = await listen(tls, '127.0.0.1');
  return {
    suite,
    url: (kind) => `http://${address}:${port}/${kind}`,
    keys: {
      sound: text('sound.asc'),
      other: text('other.asc'),
      expired: text('expired.asc'),
      binary: file(made, 'sound.gpg'),
    },
    keyUrl: `https://127.0.0.1:${tlsPort}/sound.gpg`,
    certificate: text('tls.crt'),
    requests,
    async [Symbol.asyncDispose]() {
      for (const server of [plain, tls]) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

function answer(made: Made, suite: string, architecture: string, url: string): Buffer | undefined {
  if (url === '/sound.gpg') return file(made, 'sound.gpg');
  const [, kind = '', path = ''] = /^\/([a-z]+)\/(.*)$/.exec(url) ?? [];
  if (path.startsWith('pool/')) return made[path.slice('pool/'.length)];
  if (path === `dists/${suite}/InRelease`) {
    const signed = file(made, kind === 'expired' ? 'InRelease.expired' : 'InRelease');
    if (kind === 'unsigned') return undefined;
    return kind === 'forged' ? changed(signed, 'Origin: Lab', 'Origin: Bad') : signed;
  }
  if (path === `dists/${suite}/Release` && kind === 'unsigned') return file(made, 'Release');
  if (path === `dists/${suite}/main/binary-${architecture}/Packages`) {
    const packages = file(made, 'Packages');
    return kind === 'tampered' ? changed(packages, `Version: ${VERSION}`, 'Version: 98.0-1') : packages;
  }
  return undefined;
}

function changed(content: Buffer, from: string, to: string): Buffer {
  return Buffer.from(content.toString('utf8').replace(from, to));
}

function file(made: Made, name: string): Buffer {
  const content = made[name];
  if (content === undefined) throw new Error(`the signed repository has no ${name}`);
  return content;
}

async function listen(server: Server, address: string): Promise<number> {
  server.listen(0, address);
  await once(server, 'listening');
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return bound.port;
}

async function make(container: Container): Promise<Made> {
  const values = { version: VERSION, library: LIBRARY, companion: COMPANION };
  await container.shell(shellScript('signed-repository.sh', import.meta.url, values), MAKE_MS);
  const listing = await container.shell('cd /srv/made && for file in *; do echo "$file $(base64 -w 0 "$file")"; done');
  return Object.fromEntries(
    listing
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', content = ''] = line.split(' ');
        return [name, Buffer.from(content, 'base64')];
      }),
  );
}
