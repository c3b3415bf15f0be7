import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { Container } from './container.ts';

/** Higher than any of Debian's. */
export const VERSION = '99.0-1';
/** A package that no other source has, and that the clients need. */
export const COMPANION = 'libmosquitto-common1';

/** One that others have too, and that the clients need in the same version. */
export const LIBRARY = 'libmosquitto1';

/** How a repository is: `expired` is signed today with a key whose owner let it expire in what was given to others. */
export type Kind = 'sound' | 'expired' | 'tampered' | 'forged' | 'unsigned';

export type SignedRepository = AsyncDisposable & {
  readonly suite: string;
  readonly url: (kind: Kind) => string;
  /** Public keys: armoured, and the sound one's also binary. */
  readonly keys: { readonly sound: string; readonly other: string; readonly expired: string; readonly binary: Buffer };
  /** The sound key over https, by a certificate of the test's own. */
  readonly keyUrl: string;
  readonly certificate: string;
  /** Paths that were asked for. */
  readonly requests: string[];
};

/** Names of what the script leaves in /srv/made. */
type Made = Readonly<Record<string, Buffer>>;

const MAKE_MS = 120_000;

/**
 * Debian's own clients under a higher version, signed with keys of the test's own: made in a container by gpg and dpkg-deb, so that this machine
 * needs neither, and served by this machine to all that reach it.
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
  await container.shell(MAKE, MAKE_MS);
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

const MAKE = `set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C GNUPGHOME=/srv/gnupg
apt-get -qq -y install --no-install-recommends gnupg openssl >/dev/null 2>&1 || {
  apt-get -qq update
  apt-get -qq -y install --no-install-recommends gnupg openssl >/dev/null
}
rm -rf /srv/made /srv/gnupg /srv/work
mkdir -p /srv/made /srv/work
mkdir -m 700 /srv/gnupg
gpg="gpg --batch --quiet --no-tty --pinentry-mode loopback"
# generated keys are certified by themselves at the time that they are made
new_key() { $gpg $2 --passphrase '' --quick-generate-key "$1 <$1@lab.test>" ed25519 sign "$3" 2>/dev/null; $gpg --armor --export $1 >/srv/made/$1.asc; }
new_key sound '' never
new_key other '' never
new_key expired '--faked-system-time 20200101T000000' 1y
$gpg --export sound >/srv/made/sound.gpg
# its owner goes on with it, others have what was given out before
$gpg --passphrase '' --quick-set-expire "$($gpg --list-keys --with-colons expired | awk -F: '$1 == "fpr" { print $10; exit }')" 0 2>/dev/null

cd /srv/work
architecture=$(dpkg --print-architecture)
echo "$architecture" >/srv/made/architecture
sed -n 's/^VERSION_CODENAME=//p' /etc/os-release >/srv/made/suite
apt-get -q download mosquitto-clients ${LIBRARY} >/dev/null 2>&1
dpkg-deb -R mosquitto-clients_*.deb clients
dpkg-deb -R ${LIBRARY}_*.deb library
sed -i 's/^Version: .*/Version: ${VERSION}/; s/${LIBRARY} ([^)]*)/${LIBRARY} (= ${VERSION})/; s/^Depends: /Depends: ${COMPANION} (= ${VERSION}), /' clients/DEBIAN/control
sed -i 's/^Version: .*/Version: ${VERSION}/' library/DEBIAN/control
mkdir -p companion/DEBIAN
cat >companion/DEBIAN/control <<END
Package: ${COMPANION}
Version: ${VERSION}
Architecture: $architecture
Maintainer: lab <lab@lab.test>
Description: nothing
END
for folder in clients library companion; do
  dpkg-deb --build --root-owner-group -Znone $folder /srv/made/$folder.deb >/dev/null
  cat $folder/DEBIAN/control
  echo "Filename: pool/$folder.deb"
  echo "Size: $(stat -c %s /srv/made/$folder.deb)"
  echo "SHA256: $(sha256sum <"/srv/made/$folder.deb" | cut -c1-64)"
  echo
done >/srv/made/Packages
cd /srv/made
{
  printf 'Origin: Lab\\nLabel: Lab\\nSuite: stable\\nCodename: %s\\nDate: %s\\n' "$(cat suite)" "$(date -Ru)"
  printf 'Architectures: %s\\nComponents: main\\nSHA256:\\n' "$architecture"
  echo " $(sha256sum <Packages | cut -c1-64) $(stat -c %s Packages) main/binary-$architecture/Packages"
} >Release
$gpg -u sound --clearsign -o InRelease Release
$gpg -u expired --clearsign -o InRelease.expired Release
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=lab \\
  -addext subjectAltName=IP:127.0.0.1 -keyout tls.key -out tls.crt 2>/dev/null
gpgconf --kill all`;
